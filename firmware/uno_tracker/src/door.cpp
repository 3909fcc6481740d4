#include "door.h"

namespace {
volatile uint32_t rise_us;
volatile uint32_t echo_us;
const uint32_t kNoEchoUs = 25000;  // the module gives up at some 38,000: nothing in reach
}

// Port D's pin change: pin 7 is the only one let through.
ISR(PCINT2_vect) {
  const uint32_t now = micros();
  if (PIND & _BV(PD7)) {
    rise_us = now;
  } else if (rise_us) {
    echo_us = now - rise_us;
  }
}

namespace door {
void begin() {
  pinMode(kTrigPin, OUTPUT);
  pinMode(kEchoPin, INPUT);
  PCMSK2 = _BV(PCINT23);
  PCICR |= _BV(PCIE2);
}

void trigger() {
  noInterrupts();
  rise_us = 0;
  echo_us = 0;
  interrupts();
  digitalWrite(kTrigPin, HIGH);
  delayMicroseconds(10);
  digitalWrite(kTrigPin, LOW);
}

bool distance_mm(uint16_t& mm) {
  noInterrupts();
  const uint32_t us = echo_us;
  interrupts();
  if (us == 0 || us > kNoEchoUs) return false;
  mm = us * 343 / 2000;  // sound goes 343 m/s at 20 C, there and back
  return true;
}
}
