/* Runs the Uno's firmware in simavr and answers its pins as the real parts would: a DHT11 on pin 4,
 * an HC-SR04 on pins 6 and 7. What the firmware sends on its serial line goes to stdout.
 *
 * Exit status: 0 after N lines, 1 where the firmware crashed or was silent for too long, 2 on bad use.
 */
#include <getopt.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>
#include <simavr/sim_time.h>

enum { DHT_PIN = 4, TRIG_PIN = 6, ECHO_PIN = 7, MAX_EDGES = 90, MAX_DISTANCES = 32 };
enum { CALL_US = 18000, SECONDS_A_LINE = 5 };

struct edge { uint32_t after_us; int level; };

static struct {
    int lines, distances;
    double temperature, humidity, clock, distance[MAX_DISTANCES];
    const char *dht, *send;
} options = {3, 1, 23.0, 45.0, 1.0, {12.0}, "ok", ""};

static avr_t *avr;
static avr_irq_t *dht_pin, *echo_pin, *uart_in;
static struct edge edges[MAX_EDGES];
static int edge_count, edge_next, lines_seen, dht_called;
static avr_cycle_count_t called_at;
static size_t sent;

static double elapsed_us(avr_cycle_count_t since)
{
    return (double)(avr->cycle - since) * 1e6 / avr->frequency;
}

/* --- DHT11 ------------------------------------------------------------------------------------ */

static void add_edge(double after_us, int level)
{
    edges[edge_count++] = (struct edge){(uint32_t)lround(after_us * options.clock), level};
}

static void make_answer(void)
{
    int tenths = (int)lround(fabs(options.temperature) * 10), wet = (int)lround(options.humidity * 10);
    uint8_t bytes[5] = {wet / 10, wet % 10, tenths / 10, tenths % 10, 0};
    if (options.temperature < 0)
        bytes[3] |= 0x80;
    bytes[4] = bytes[0] + bytes[1] + bytes[2] + bytes[3];
    if (!strcmp(options.dht, "garbled"))
        bytes[2] ^= 0x01; /* the checksum no longer fits */
    edge_count = edge_next = 0;
    add_edge(30, 0);
    add_edge(80, 1);
    add_edge(80, 0);
    for (int bit = 0; bit < 40; bit++) {
        add_edge(50, 1);
        add_edge(bytes[bit / 8] >> (7 - bit % 8) & 1 ? 70 : 26, 0);
    }
    add_edge(50, 1);
}

static avr_cycle_count_t next_edge(avr_t *sim, avr_cycle_count_t when, void *param)
{
    (void)param;
    avr_raise_irq(dht_pin, edges[edge_next++].level);
    if (edge_next == edge_count)
        return 0;
    return when + avr_usec_to_cycles(sim, edges[edge_next].after_us);
}

static avr_cycle_count_t pull_up(avr_t *sim, avr_cycle_count_t when, void *param)
{
    (void)sim, (void)when, (void)param;
    avr_raise_irq(dht_pin, 1);
    return 0;
}

/* The firmware takes the line (output, low) and lets it go; 18 ms of low are a call. */
static void on_direction(avr_irq_t *irq, uint32_t directions, void *param)
{
    (void)irq, (void)param;
    int driven = directions >> DHT_PIN & 1;
    if (driven && !dht_called)
        called_at = avr->cycle;
    if (!driven && dht_called) {
        avr_cycle_timer_register_usec(avr, 1, pull_up, NULL);
        if (elapsed_us(called_at) >= CALL_US && strcmp(options.dht, "silent")) {
            make_answer();
            avr_cycle_timer_register_usec(avr, edges[0].after_us, next_edge, NULL);
        }
    }
    dht_called = driven;
}

/* --- HC-SR04 ---------------------------------------------------------------------------------- */

static double distance_cm(void)
{
    int which = lines_seen < options.distances ? lines_seen : options.distances - 1;
    return options.distance[which];
}

static avr_cycle_count_t echo_ends(avr_t *sim, avr_cycle_count_t when, void *param)
{
    (void)sim, (void)when, (void)param;
    avr_raise_irq(echo_pin, 0);
    return 0;
}

static avr_cycle_count_t echo_begins(avr_t *sim, avr_cycle_count_t when, void *param)
{
    (void)when, (void)param;
    avr_raise_irq(echo_pin, 1);
    avr_cycle_timer_register_usec(sim, lround(distance_cm() * 20000 / 343), echo_ends, NULL);
    return 0;
}

static void on_trigger(avr_irq_t *irq, uint32_t level, void *param)
{
    static avr_cycle_count_t rose_at;
    (void)param;
    if (level && !irq->value)
        rose_at = avr->cycle;
    /* the part asks for a pulse of 10 us */
    if (!level && irq->value && elapsed_us(rose_at) >= 9 && distance_cm() > 0)
        avr_cycle_timer_register_usec(avr, 250, echo_begins, NULL);
}

/* --- serial line ------------------------------------------------------------------------------ */

static avr_cycle_count_t send_next(avr_t *sim, avr_cycle_count_t when, void *param)
{
    (void)param;
    if (!options.send[sent])
        return 0;
    avr_raise_irq(uart_in, (uint8_t)options.send[sent++]);
    return when + avr_usec_to_cycles(sim, 200);
}

static void on_serial(avr_irq_t *irq, uint32_t value, void *param)
{
    (void)irq, (void)param;
    putchar((int)value);
    if (value != '\n')
        return;
    fflush(stdout);
    if (++lines_seen == 1 && *options.send)
        avr_cycle_timer_register_usec(avr, 1000, send_next, NULL);
}

/* --- the run ---------------------------------------------------------------------------------- */

static void connect_parts(void)
{
    uint32_t flags = 0;
    avr_ioctl(avr, AVR_IOCTL_UART_SET_FLAGS('0'), &flags); /* no echo of its own on the terminal */
    uart_in = avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
    dht_pin = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), DHT_PIN);
    echo_pin = avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), ECHO_PIN);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_serial, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), IOPORT_IRQ_DIRECTION_ALL), on_direction, NULL);
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ('D'), TRIG_PIN), on_trigger, NULL);
    avr_raise_irq(dht_pin, 1);
    avr_raise_irq(echo_pin, 0);
}

static int run(void)
{
    avr_cycle_count_t heard_at = 0;
    int heard = 0;
    while (lines_seen < options.lines) {
        int state = avr_run(avr);
        if (state == cpu_Done || state == cpu_Crashed) {
            fprintf(stderr, "harness: the firmware has stopped\n");
            return 1;
        }
        if (lines_seen != heard)
            heard = lines_seen, heard_at = avr->cycle;
        if (elapsed_us(heard_at) > SECONDS_A_LINE * 1e6) {
            fprintf(stderr, "harness: no line for %d simulated seconds\n", SECONDS_A_LINE);
            return 1;
        }
    }
    fprintf(stderr, "harness: %d lines in %.2f simulated seconds\n", lines_seen, elapsed_us(0) / 1e6);
    return 0;
}

static void read_distances(char *list)
{
    options.distances = 0;
    for (char *word = strtok(list, ","); word && options.distances < MAX_DISTANCES; word = strtok(NULL, ","))
        options.distance[options.distances++] = atof(word);
}

static int usage(void)
{
    fprintf(stderr,
            "usage: harness FIRMWARE.elf [--lines N] [--temperature C] [--humidity PERCENT]\n"
            "    [--distance CM[,CM...]]  one a line, the last for the rest; 0: no echo\n"
            "    [--dht ok|silent|garbled] [--clock FACTOR]  how fast the DHT11's own clock runs\n"
            "    [--send TEXT]  to the serial line after the first line\n");
    return 2;
}

int main(int argc, char *argv[])
{
    static const struct option words[] = {
        {"lines", 1, 0, 'l'}, {"temperature", 1, 0, 't'}, {"humidity", 1, 0, 'h'}, {"distance", 1, 0, 'd'},
        {"dht", 1, 0, 'D'},   {"clock", 1, 0, 'c'},       {"send", 1, 0, 's'},     {0, 0, 0, 0},
    };
    for (int word; (word = getopt_long(argc, argv, "", words, NULL)) != -1;) {
        switch (word) {
        case 'l': options.lines = atoi(optarg); break;
        case 't': options.temperature = atof(optarg); break;
        case 'h': options.humidity = atof(optarg); break;
        case 'd': read_distances(optarg); break;
        case 'D': options.dht = optarg; break;
        case 'c': options.clock = atof(optarg); break;
        case 's': options.send = optarg; break;
        default: return usage();
        }
    }
    if (optind + 1 != argc || options.lines < 1 || options.distances < 1 || options.clock <= 0)
        return usage();
    elf_firmware_t firmware = {0};
    if (elf_read_firmware(argv[optind], &firmware) != 0)
        return usage();
    avr = avr_make_mcu_by_name("atmega328p");
    if (!avr)
        return 1;
    avr_init(avr);
    avr->log = LOG_ERROR;
    avr_load_firmware(avr, &firmware);
    avr->frequency = 16000000;
    connect_parts();
    return run();
}
