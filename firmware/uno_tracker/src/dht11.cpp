#include "dht11.h"

namespace {
const uint8_t kCallMs = 20;     // the data sheet asks for 18 at least
const uint8_t kTooLongUs = 150; // no phase of an answer is longer than 80
}

void Dht11::start(uint32_t now_ms) {
  digitalWrite(pin_, LOW);
  pinMode(pin_, OUTPUT);
  started_ms_ = now_ms;
}

DhtResult Dht11::poll(uint32_t now_ms, Climate& climate) {
  if (now_ms - started_ms_ < kCallMs) return DhtResult::kBusy;
  uint8_t bytes[5];
  DhtResult result = receive(bytes);
  if (result != DhtResult::kOk) return result;
  return decode(bytes, climate) ? DhtResult::kOk : DhtResult::kGarbled;
}

DhtResult Dht11::receive(uint8_t bytes[5]) {
  pinMode(pin_, INPUT_PULLUP);
  if (!wait_while(HIGH, kTooLongUs)) return DhtResult::kSilent;
  if (!wait_while(LOW, kTooLongUs)) return DhtResult::kSilent;
  // The sensor's own 80 us are the yardstick: a one lasts 70 of them, a zero 26. Sensors run fast or
  // slow by a fifth, and so may our clock.
  const uint8_t yardstick = wait_while(HIGH, kTooLongUs);
  if (!yardstick) return DhtResult::kSilent;
  const uint8_t threshold = yardstick - yardstick * 3 / 8;
  for (uint8_t bit = 0; bit < 40; bit++) {
    if (!wait_while(LOW, kTooLongUs)) return DhtResult::kGarbled;
    const uint8_t high_us = wait_while(HIGH, kTooLongUs);
    if (!high_us) return DhtResult::kGarbled;
    bytes[bit / 8] = (bytes[bit / 8] << 1) | (high_us > threshold);
  }
  return DhtResult::kOk;
}

// How long the line stayed at `level` in microseconds (at least 1), or 0 past the limit.
uint8_t Dht11::wait_while(uint8_t level, uint8_t limit_us) {
  const uint32_t begin = micros();
  while (digitalRead(pin_) == level) {
    if (micros() - begin > limit_us) return 0;
  }
  const uint32_t passed = micros() - begin;
  return passed ? passed : 1;
}

bool Dht11::decode(const uint8_t bytes[5], Climate& climate) {
  if (uint8_t(bytes[0] + bytes[1] + bytes[2] + bytes[3]) != bytes[4]) return false;
  climate.humidity = bytes[0] * 10 + bytes[1] % 10;
  // Below zero some makers set the top bit of the whole degrees, others that of the tenths.
  const bool negative = (bytes[2] | bytes[3]) & 0x80;
  const int16_t tenths = (bytes[2] & 0x7f) * 10 + (bytes[3] & 0x7f) % 10;
  climate.temperature = negative ? -tenths : tenths;
  return climate.humidity <= 1000;
}
