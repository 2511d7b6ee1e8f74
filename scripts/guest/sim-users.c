// SPDX-License-Identifier: GPL-2.0
/*
 * What programs see of the interrupt simulator through its users: interrupts
 * of gpio-sim and gpio-mockup lines, and events of the IIO dummy device. The
 * selftests of the kernel tree read and write lines; they ask for no interrupt.
 *
 * sim-users gpio CHIP OFFSET PULL-FILE HIGH LOW
 *	toggle the line by writing HIGH and LOW into PULL-FILE, and account for
 *	every event of the character device CHIP
 * sim-users iio IIO-DEVICE POKE-FILE
 *	write event 0 into POKE-FILE, and account for every event of IIO-DEVICE
 *
 * Prints errors. Exit status: 0 if there are none, 1 otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/gpio.h>
#include <linux/iio/events.h>

#define CONSUMER	"sim-users"
#define TOGGLES		500
#define LIMIT_MS	5000	/* limit for an event that must come */

static int wrong;

#define complain(...) do {			\
	printf(__VA_ARGS__);			\
	printf("\n");				\
	wrong = 1;				\
} while (0)

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static void put(const char *file, const char *word)
{
	int fd = open(file, O_WRONLY);

	if (fd < 0 || write(fd, word, strlen(word)) != (ssize_t)strlen(word))
		die(file);
	close(fd);
}

/* How often the interrupts of this name have come, over all CPUs. */
static long interrupts(const char *name)
{
	FILE *f = fopen("/proc/interrupts", "r");
	char line[4096], *p, *end;
	long sum = 0, n;

	if (!f)
		die("/proc/interrupts");
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		p = strstr(line, name);
		if (!p || p[strlen(name)] != '\0')
			continue;
		p = strchr(line, ':');
		for (p = p ? p + 1 : line; ; p = end) {
			n = strtol(p, &end, 10);
			if (end == p)
				break;
			sum += n;
		}
	}
	fclose(f);
	return sum;
}

static bool readable(int fd, int limit_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	int ret = poll(&p, 1, limit_ms);

	if (ret < 0)
		die("poll");
	return ret > 0;
}

static int request(int chip, unsigned int offset, unsigned long long flags)
{
	struct gpio_v2_line_request req = {
		.offsets = { offset },
		.consumer = CONSUMER,
		.config.flags = GPIO_V2_LINE_FLAG_INPUT | flags,
		.num_lines = 1,
	};

	if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &req) < 0)
		return -1;
	return req.fd;
}

/* Toggle; each edge asked for must come once, at once, in order, as itself. */
static void edges(int chip, unsigned int offset, const char *pull, const char *high,
		  const char *low, bool rising, bool falling)
{
	struct gpio_v2_line_event event;
	unsigned int expected = 0, i;
	int fd;

	put(pull, low);
	fd = request(chip, offset, (rising ? GPIO_V2_LINE_FLAG_EDGE_RISING : 0) |
				   (falling ? GPIO_V2_LINE_FLAG_EDGE_FALLING : 0));
	if (fd < 0)
		die("request with edges");
	for (i = 0; i < TOGGLES && !wrong; i++) {
		bool up = !(i % 2), comes = up ? rising : falling;
		long before = interrupts(CONSUMER);

		put(pull, up ? high : low);
		/* Here on x86: handled when the write returns. */
		if (interrupts(CONSUMER) - before != comes)
			complain("toggle %u: %ld interrupts at the end of the write, expected %d",
				 i, interrupts(CONSUMER) - before, comes);
		if (!comes) {
			if (readable(fd, 0))
				complain("toggle %u: an event for the other edge", i);
			continue;
		}
		expected++;
		if (!readable(fd, LIMIT_MS)) {
			complain("toggle %u: no event", i);
			break;
		}
		if (read(fd, &event, sizeof(event)) != sizeof(event))
			die("read of an event");
		if (event.id != (up ? GPIO_V2_LINE_EVENT_RISING_EDGE :
				      GPIO_V2_LINE_EVENT_FALLING_EDGE))
			complain("toggle %u: event %u", i, event.id);
		if (event.line_seqno != expected || event.offset != offset)
			complain("toggle %u: event number %u of line %u, expected %u of %u",
				 i, event.line_seqno, event.offset, expected, offset);
	}
	if (readable(fd, 0))
		complain("an event too many");
	close(fd);
}

/* The same value again is not an edge, and nobody gets events of a line that was released. */
static void silence(int chip, unsigned int offset, const char *pull, const char *high,
		    const char *low)
{
	unsigned long long both = GPIO_V2_LINE_FLAG_EDGE_RISING |
				  GPIO_V2_LINE_FLAG_EDGE_FALLING;
	int fd;

	put(pull, high);
	fd = request(chip, offset, both);
	if (fd < 0)
		die("request with edges");
	put(pull, high);
	if (readable(fd, 0))
		complain("an event without an edge");
	close(fd);

	put(pull, low);
	put(pull, high);
	fd = request(chip, offset, both);
	if (fd < 0)
		die("second request with edges");
	if (readable(fd, 0))
		complain("an event from before the request");
	put(pull, low);
	if (!readable(fd, LIMIT_MS))
		complain("no event after the second request");
	close(fd);
}

static void gpio(const char *path, unsigned int offset, const char *pull,
		 const char *high, const char *low)
{
	int chip = open(path, O_RDONLY);

	if (chip < 0)
		die(path);
	edges(chip, offset, pull, high, low, true, true);
	edges(chip, offset, pull, high, low, true, false);
	edges(chip, offset, pull, high, low, false, true);
	silence(chip, offset, pull, high, low);
	close(chip);
}

static void iio(const char *path, const char *poke)
{
	struct iio_event_data event;
	int dev = open(path, O_RDONLY), fd, i;
	__s64 first = 0;

	if (dev < 0)
		die(path);
	if (ioctl(dev, IIO_GET_EVENT_FD_IOCTL, &fd) < 0)
		die("IIO_GET_EVENT_FD_IOCTL");
	for (i = 0; i < TOGGLES && !wrong; i++) {
		put(poke, "0");
		if (!readable(fd, LIMIT_MS)) {
			complain("poke %d: no event", i);
			break;
		}
		if (read(fd, &event, sizeof(event)) != sizeof(event))
			die("read of an event");
		if (event.timestamp < first)
			complain("poke %d: the event is older than the one before", i);
		first = event.timestamp;
	}
	if (readable(fd, 0))
		complain("an event too many");
	close(fd);
	close(dev);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 7 && !strcmp(argv[1], "gpio"))
		gpio(argv[2], strtoul(argv[3], NULL, 10), argv[4], argv[5], argv[6]);
	else if (argc == 4 && !strcmp(argv[1], "iio"))
		iio(argv[2], argv[3]);
	else
		complain("usage: sim-users gpio CHIP OFFSET PULL-FILE HIGH LOW | iio DEVICE POKE-FILE");
	return wrong;
}
