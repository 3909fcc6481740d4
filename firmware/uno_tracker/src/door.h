#pragma once
#include <Arduino.h>

// An HC-SR04 that looks at the door: far away means open. The echo is timed by an interrupt, so a
// measurement blocks nothing. One instance only: the echo pin's interrupt is fixed to pin 7.
namespace door {
const uint8_t kTrigPin = 6;
const uint8_t kEchoPin = 7;
const uint16_t kOpenMm = 400;

void begin();
// Sends the 10 us pulse; the answer is there after 40 ms at most.
void trigger();
// The distance in millimetres; false where no echo came back (nothing within some 4 m).
bool distance_mm(uint16_t& mm);
}
