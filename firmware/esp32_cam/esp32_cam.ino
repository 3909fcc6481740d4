// A picture a minute to BusyBee. Not compiled here: see README.md.
#include <PubSubClient.h>
#include <WiFi.h>
#include <esp_camera.h>
#include "secrets.h"

namespace {
const uint32_t kPeriodMs = 60000;
const uint32_t kRetryMs = 5000;
const size_t kMaxFrame = 512 * 1024;  // PROTOCOL.md

WiFiClient network;
PubSubClient mqtt(network);
uint32_t last_frame_ms;
uint32_t last_try_ms;

// The AI-Thinker board's wiring.
camera_config_t camera_config() {
  camera_config_t config = {};
  config.pin_pwdn = 32;
  config.pin_reset = -1;
  config.pin_xclk = 0;
  config.pin_sccb_sda = 26;
  config.pin_sccb_scl = 27;
  config.pin_d7 = 35;
  config.pin_d6 = 34;
  config.pin_d5 = 39;
  config.pin_d4 = 36;
  config.pin_d3 = 21;
  config.pin_d2 = 19;
  config.pin_d1 = 18;
  config.pin_d0 = 5;
  config.pin_vsync = 25;
  config.pin_href = 23;
  config.pin_pclk = 22;
  config.xclk_freq_hz = 20000000;
  config.ledc_timer = LEDC_TIMER_0;
  config.ledc_channel = LEDC_CHANNEL_0;
  config.pixel_format = PIXFORMAT_JPEG;
  config.frame_size = FRAMESIZE_SVGA;
  config.jpeg_quality = 12;
  config.fb_count = 1;
  return config;
}

void keep_connected() {
  if (mqtt.connected() || WiFi.status() != WL_CONNECTED) return;
  if (millis() - last_try_ms < kRetryMs) return;
  last_try_ms = millis();
  const char* topic = "busybee/v1/" DEVICE "/status";
  if (mqtt.connect(DEVICE, MQTT_USER, MQTT_PASSWORD, topic, 1, true, "{\"online\":false}")) {
    mqtt.publish(topic, "{\"online\":true,\"kind\":\"esp32-cam\"}", true);
  }
}

void publish_frame() {
  camera_fb_t* frame = esp_camera_fb_get();
  if (!frame) return;
  if (frame->len <= kMaxFrame && mqtt.beginPublish("busybee/v1/" DEVICE "/frame", frame->len, false)) {
    mqtt.write(frame->buf, frame->len);
    mqtt.endPublish();
  }
  esp_camera_fb_return(frame);
}
}

void setup() {
  const camera_config_t config = camera_config();
  if (esp_camera_init(&config) != ESP_OK) {
    delay(10000);
    ESP.restart();
  }
  WiFi.begin(WIFI_NAME, WIFI_PASSWORD);
  mqtt.setServer(MQTT_HOST, MQTT_PORT);
}

void loop() {
  keep_connected();
  mqtt.loop();
  if (mqtt.connected() && millis() - last_frame_ms >= kPeriodMs) {
    last_frame_ms = millis();
    publish_frame();
  }
}
