// SPDX-License-Identifier: GPL-2.0
/*
 * Give the torture module parameters which it must refuse: it does not load, and
 * logs which parameter is wrong and what is allowed.
 */
#include "torture.h"

FIXTURE(params) {
	int kmsg;
};

FIXTURE_SETUP(params)
{
	const char *missing = torture_missing();

	if (missing)
		SKIP(return, "%s", missing);
	torture_unload();
	self->kmsg = kmsg_open();
	ASSERT_GE(self->kmsg, 0);
}

FIXTURE_TEARDOWN_PARENT(params)
{
	torture_unload();
}

/* Which limits are tried: those with which a load ends quickly */
enum limits {
	NEITHER,
	FIRST,
	BOTH,
};

/* The allowed values: MIN to MAX, and also 0 if ZERO */
static const struct range {
	const char *name;
	long long min;
	long long max;
	bool zero;
	enum limits loads;
} ranges[] = {
	{ "chips", 1, 64 },
	{ "lines", 1, 65536 },
	{ "budget", -1, INT32_MAX, .loads = BOTH },
	{ "firers", 0, 64, .loads = BOTH },
	{ "timer_us", 50, 1000000, true, BOTH },
	/* refire=100 is not allowed in hard interrupt context: see "combinations" */
	{ "refire", 0, 100, .loads = FIRST },
	{ "resched", 0, 100, .loads = BOTH },
	{ "maskers", 0, 64, .loads = BOTH },
	{ "shufflers", 0, 64, .loads = BOTH },
	{ "churners", 0, 64, .loads = BOTH },
	{ "cpu", -1, -1 },		/* up to the number of CPUs */
	{ "cost_ns", 0, 1000000, .loads = BOTH },
	{ "holdoff", 0, -1 },		/* up to what fits into jiffies */
	{ "runtime_secs", 0, -1 },
	{ "onoff_holdoff", 0, -1 },
	{ "onoff_interval", 0, INT32_MAX / 2 },
	{ "shuffle_interval", 0, -1 },
	{ "shutdown_secs", 0, -1 },
	{ "stat_interval", 0, -1 },
	{ "stutter", 0, INT32_MAX / 2 },
	{ "verbose", 0, 2 },
	{ "single_target", -1, 1, .loads = BOTH },
};

/*
 * Loading the module is refused, and the log has MESSAGE. If that is NULL, the
 * parameter parser of the kernel refuses the value, not the module.
 */
static void check_refused(struct __test_metadata *_metadata, int kmsg, const char *message,
			  const char *fmt, ...)
{
	char settings[256], said[1024] = "";
	va_list ap;
	int ret;

	va_start(ap, fmt);
	vsnprintf(settings, sizeof(settings), fmt, ap);
	va_end(ap);
	ret = load_module(TORTURE, settings);
	if (!ret)
		unload_module(TORTURE);
	CHECK(ret == -EINVAL || (!message && ret == -ERANGE),
	      "%s: loading the module returned %d", settings, ret);
	if (message)
		CHECK(kmsg_find(kmsg, message, said, sizeof(said)),
		      "%s: the log does not have \"%s\"", settings, message);
}

static void check_bad_value(struct __test_metadata *_metadata, int kmsg, const struct range *r,
			    long long bad)
{
	char message[128];
	size_t len;

	len = snprintf(message, sizeof(message), CONSOLE_TAG "!!! %s=%lld: must be %lld to ",
		       r->name, bad, r->min);
	if (r->max > r->min)
		snprintf(message + len, sizeof(message) - len, "%lld", r->max);
	check_refused(_metadata, kmsg, message, "%s=%lld", r->name, bad);
}

/* The module, which is loaded with these settings, unloads with success. */
static void check_unload(struct __test_metadata *_metadata, int kmsg, const char *settings)
{
	char said[1024] = "nothing";

	CHECK(!unload_module(TORTURE), "%s: cannot be unloaded", settings);
	CHECK(torture_success(kmsg, said, sizeof(said)), "%s: at its end, the module said: %s",
	      settings, said);
}

static void check_accepted(struct __test_metadata *_metadata, int kmsg, const char *name,
			   long long good)
{
	char settings[128];
	int ret;

	snprintf(settings, sizeof(settings), "stat_interval=0 lines=8 %s=%lld", name, good);
	ret = load_module(TORTURE, settings);
	CHECK(!ret, "%s: loading the module returned %d", settings, ret);
	if (!ret)
		check_unload(_metadata, kmsg, settings);
}

#define BAD_VALUE(...)	check_bad_value(_metadata, self->kmsg, __VA_ARGS__)
#define ACCEPTED(...)	check_accepted(_metadata, self->kmsg, __VA_ARGS__)
#define REFUSED(...)	check_refused(_metadata, self->kmsg, __VA_ARGS__)

TEST_F_TIMEOUT(params, ranges, 120)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct range *r = &ranges[i];

		BAD_VALUE(r, r->min - 1);
		if (r->zero)
			BAD_VALUE(r, 1);
		BAD_VALUE(r, INT32_MIN);
		if (r->max > r->min && r->max < INT32_MAX)
			BAD_VALUE(r, r->max + 1);
		if (r->max < INT32_MAX)
			BAD_VALUE(r, INT32_MAX);
		/* The parameter parser refuses these before the module sees them */
		REFUSED(NULL, "%s=", r->name);
		REFUSED(NULL, "%s=many", r->name);
		REFUSED(NULL, "%s=99999999999", r->name);
	}
}

/* The first and the last allowed value, and 0 where that turns something off. */
TEST_F_TIMEOUT(params, limits, 240)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		const struct range *r = &ranges[i];

		if (r->loads == NEITHER)
			continue;
		ACCEPTED(r->name, r->min);
		if (r->loads == BOTH)
			ACCEPTED(r->name, r->max);
		if (r->zero)
			ACCEPTED(r->name, 0);
	}
}

TEST_F_TIMEOUT(params, words, 60)
{
	static const char * const names[] = { "delivery", "kind", "trigger", "consumer" };
	static const char * const bad[] = { "", "nonsense", "edge,level", "MIXED", "mixed2" };
	char message[128];
	int i, j;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		for (j = 0; j < ARRAY_SIZE(bad); j++) {
			snprintf(message, sizeof(message), CONSOLE_TAG "!!! %s=%s: must be one of ",
				 names[i], bad[j]);
			REFUSED(message, "%s=%s", names[i], bad[j]);
		}
	}
}

/* Each parameter is valid, but the combination is not. */
TEST_F_TIMEOUT(params, combinations, 60)
{
	int first, last;

	REFUSED("chips=64 lines=65536: must be at most", "chips=64 lines=65536 churners=0");
	REFUSED("churners=1 lines=7: needs at least", "churners=1 lines=7");
	REFUSED("resched=0: one must not be 0", "firers=0 timer_us=0 refire=0 resched=0");
	REFUSED("refire=91 delivery=hardirq: must be at most 90",
		"refire=91 delivery=hardirq");
	REFUSED("refire=100 delivery=mixed: must be at most 90",
		"refire=100 delivery=mixed");
	REFUSED("cpu=0 shufflers=1: shufflers must be 0", "cpu=0 shufflers=1");
	REFUSED("cpu=0 shuffle_interval=1: the latter must be 0",
		"cpu=0 shufflers=0 shuffle_interval=1");
	if (two_cpus(&first, &last) && hotpluggable(last) && !set_online(last, false)) {
		char message[64];

		snprintf(message, sizeof(message), "cpu=%d: must be online", last);
		REFUSED(message, "cpu=%d shufflers=0", last);
		ASSERT_EQ(0, set_online(last, true));
	}
	REFUSED("eoi_threaded=1 kind=mixed: must be eoi", "eoi_threaded=1");
}

/*
 * Random values, with a fixed seed. If they are refused, the log has a reason; if
 * not, the module loads, and unloads with success right away.
 */
TEST_F_TIMEOUT(params, fuzz, 240)
{
	static const char * const deliveries[] = { "hardirq", "tasklet", "bh_work", "mixed", "x" };
	static const char * const triggers[] = { "edge", "level", "mixed" };
	static const char * const kinds[] = { "ack", "eoi", "mixed" };
	unsigned int seed = 1, accepted = 0, refused = 0;
	char settings[512], said[1024];
	size_t len;
	int i, j, n, ret;

	for (i = 0; i < 60; i++) {
		/* Few lines, as many are slow */
		len = snprintf(settings, sizeof(settings),
			       "stat_interval=0 lines=%d chips=%d delivery=%s trigger=%s kind=%s",
			       1 + rand_r(&seed) % 32, rand_r(&seed) % 7,
			       deliveries[rand_r(&seed) % 13 % ARRAY_SIZE(deliveries)],
			       triggers[rand_r(&seed) % ARRAY_SIZE(triggers)],
			       kinds[rand_r(&seed) % ARRAY_SIZE(kinds)]);
		n = rand_r(&seed) % 4;
		for (j = 0; j < n; j++) {
			const struct range *r = &ranges[3 + rand_r(&seed) % 9];
			long long max = r->max < 0 ? 1 : r->max > 64 && !r->zero ? 64 : r->max;

			len += snprintf(settings + len, sizeof(settings) - len, " %s=%lld", r->name,
					r->min - 1 + rand_r(&seed) % (max - r->min + 3));
		}
		ret = load_module(TORTURE, settings);
		if (!ret) {
			accepted++;
			check_unload(_metadata, self->kmsg, settings);
			continue;
		}
		refused++;
		CHECK(ret == -EINVAL, "%s: loading the module returned %d", settings, ret);
		CHECK(kmsg_find(self->kmsg, CONSOLE_TAG "!!! ", said, sizeof(said)) &&
		      (strstr(said, "must") || strstr(said, "needs")),
		      "%s: the log does not tell what is wrong", settings);
	}
	TH_LOG("%u sets of parameters were accepted, %u refused", accepted, refused);
	CHECK(accepted && refused, "%u accepted, %u refused", accepted, refused);
}

TEST_HARNESS_MAIN
