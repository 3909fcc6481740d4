#include "telemetry.h"
#include "door.h"

namespace {
void print_tenths(Print& out, int16_t tenths) {
  if (tenths < 0) out.print('-');
  out.print(abs(tenths) / 10);
  out.print('.');
  out.print(abs(tenths) % 10);
}
}

void print_line(Print& out, const Telemetry& line) {
  out.print(F("{\"boot\":"));
  out.print(line.boot);
  out.print(F(",\"seq\":"));
  out.print(line.seq);
  out.print(F(",\"uptime_ms\":"));
  out.print(line.uptime_ms);
  out.print(F(",\"temperature\":"));
  if (line.has_climate) print_tenths(out, line.temperature); else out.print(F("null"));
  out.print(F(",\"humidity\":"));
  if (line.has_climate) print_tenths(out, line.humidity); else out.print(F("null"));
  // no echo is a door wide open or a broken sensor: nobody can say which
  out.print(F(",\"isOpen\":"));
  if (!line.has_distance) out.print(F("null"));
  else if (line.distance_mm >= door::kOpenMm) out.print(F("true"));
  else out.print(F("false"));
  out.print(F(",\"distance_cm\":"));
  if (line.has_distance) print_tenths(out, line.distance_mm); else out.print(F("null"));
  out.print(F(",\"status\":"));
  out.print(line.status);
  out.print(F("}\n"));
}
