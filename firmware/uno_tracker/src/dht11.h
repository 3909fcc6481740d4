#pragma once
#include <Arduino.h>

// One reading of a DHT11 in tenths of a degree Celsius and of a percent.
struct Climate {
  int16_t temperature;
  int16_t humidity;
};

enum class DhtResult : uint8_t { kBusy, kOk, kSilent, kGarbled };

// Reads a DHT11 without blocking but for the 5 ms in which the sensor sends.
class Dht11 {
 public:
  explicit Dht11(uint8_t pin) : pin_(pin) {}
  // Pulls the line low: the sensor's call. poll() reads the answer 20 ms later.
  void start(uint32_t now_ms);
  DhtResult poll(uint32_t now_ms, Climate& climate);
  // The five bytes of an answer -> values; false where the checksum is wrong.
  static bool decode(const uint8_t bytes[5], Climate& climate);

 private:
  DhtResult receive(uint8_t bytes[5]);
  uint8_t wait_while(uint8_t level, uint8_t limit_us);

  uint8_t pin_;
  uint32_t started_ms_ = 0;
};
