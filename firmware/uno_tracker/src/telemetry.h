#pragma once
#include <Arduino.h>

// What a telemetry line says; firmware/PROTOCOL.md names the fields.
struct Telemetry {
  uint32_t boot;
  uint32_t seq;
  uint32_t uptime_ms;
  bool has_climate;
  int16_t temperature;  // tenths of a degree Celsius
  int16_t humidity;     // tenths of a percent
  bool has_distance;
  uint16_t distance_mm;
  uint8_t status;
};

// Prints `line` as one JSON object and a newline.
void print_line(Print& out, const Telemetry& line);
