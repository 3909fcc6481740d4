// BusyBee's sensor box on an Arduino Uno: climate, door, one telemetry line every 1.5 s on serial.
#include <Arduino.h>
#include <avr/eeprom.h>
#include "dht11.h"
#include "door.h"
#include "telemetry.h"

namespace {
const uint8_t kDhtPin = 4;
const uint16_t kPeriodMs = 1500;
const uint16_t kEchoMs = 50;  // after it the echo is in, and the DHT's 5 ms disturb nothing
const uint8_t kOrdered = 3;

uint32_t* const kBootCell = reinterpret_cast<uint32_t*>(0);

enum class Phase : uint8_t { kIdle, kEcho, kClimate };

Dht11 dht(kDhtPin);
Telemetry line;
Phase phase = Phase::kIdle;
uint32_t cycle_ms;

// Counts this start: with the sequence number it names each line, also after a power cut.
uint32_t count_boot() {
  const uint32_t boot = eeprom_read_dword(kBootCell) + 1;  // an empty cell is -1: the first is 0
  eeprom_update_dword(kBootCell, boot);
  return boot;
}

// Takes `status_3`, `status_4` or `status_5` and a newline, as the sensor/control topic has them.
void read_commands() {
  static const char kWord[] = "status_";
  static uint8_t matched = 0;
  static char digit = 0;
  while (Serial.available()) {
    const char c = Serial.read();
    if (c == '\n' || c == '\r') {
      if (digit >= '3' && digit <= '5') line.status = digit - '0';
      matched = 0;
      digit = 0;
    } else if (matched < sizeof(kWord) - 1) {
      matched = c == kWord[matched] ? matched + 1 : 0xff;
    } else {
      digit = matched != 0xff && digit == 0 ? c : 1;
    }
  }
}

void begin_cycle() {
  cycle_ms += kPeriodMs;  // not `now`: the period must not grow by what a turn of the loop takes
  door::trigger();
  phase = Phase::kEcho;
}

void finish_cycle(uint32_t now, DhtResult result, const Climate& climate) {
  line.has_climate = result == DhtResult::kOk;
  line.temperature = climate.temperature;
  line.humidity = climate.humidity;
  line.seq++;
  line.uptime_ms = now;
  print_line(Serial, line);
  phase = Phase::kIdle;
}
}

void setup() {
  Serial.begin(115200);
  door::begin();
  line.boot = count_boot();
  line.status = kOrdered;
  cycle_ms = millis();  // the DHT11 needs a second after power-on: the first line comes after 1.5 s
}

void loop() {
  const uint32_t now = millis();
  read_commands();
  if (phase == Phase::kIdle && now - cycle_ms >= kPeriodMs) {
    begin_cycle();
  } else if (phase == Phase::kEcho && now - cycle_ms >= kEchoMs) {
    line.has_distance = door::distance_mm(line.distance_mm);
    dht.start(now);
    phase = Phase::kClimate;
  } else if (phase == Phase::kClimate) {
    Climate climate = {0, 0};
    const DhtResult result = dht.poll(now, climate);
    if (result != DhtResult::kBusy) finish_cycle(now, result, climate);
  }
}
