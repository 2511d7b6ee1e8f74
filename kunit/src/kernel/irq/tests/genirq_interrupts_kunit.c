// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of /proc/interrupts: which interrupts have a line and what it shows, the counts, and reads
 * while lines come and go.
 */

#include <kunit/test.h>

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/kernel_stat.h>
#include <linux/module.h>
#include <linux/numa.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcuref.h>
#include <linux/seq_file.h>
#include <linux/sprintf.h>
#include <linux/string.h>

#include "genirq_files_kunit.h"

/* Lines */

/*
 * Copy the line of the interrupt in @text with single spaces. Return the number of lines of this
 * interrupt.
 */
static int files_find_irq(struct files *st, unsigned int irq, char *line, size_t size)
{
	int found = 0;
	char name[12];
	size_t n;

	n = scnprintf(name, sizeof(name), "%u:", irq);
	*line = '\0';
	for (const char *p = st->text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
		size_t len = 0;

		p = skip_spaces(p);
		if (strncmp(p, name, n))
			continue;
		found++;
		for (const char *c = p; *c && *c != '\n' && len < size - 1; c++) {
			if (*c != ' ' || c[1] != ' ')
				line[len++] = *c;
		}
		line[len] = '\0';
	}
	return found;
}

bool files_listed(struct files *st, unsigned int irq)
{
	char line[160];

	KUNIT_EXPECT_GT(st->test, files_read(st, st->proc, "interrupts"), 0);
	return files_find_irq(st, irq, line, sizeof(line)) > 0;
}

/* The counts: @first of the first CPU, @last of the last one if that is another one */
static void files_expect_line(struct files *st, unsigned int irq, unsigned int first,
			      unsigned int last, const char *chip, const char *hwirq, bool level,
			      const char *flow, const char *names)
{
	char line[256], expected[256];
	size_t len;
	int cpu;

	len = scnprintf(expected, sizeof(expected), "%u:", irq);
	for_each_online_cpu(cpu)
		len += scnprintf(expected + len, sizeof(expected) - len, " %u",
				 cpu == cpumask_first(cpu_online_mask) ? first :
				 cpu == files_last_cpu() ? last : 0);
	len += scnprintf(expected + len, sizeof(expected) - len, " %s%s%s", chip,
			 *hwirq ? " " : "", hwirq);
	if (IS_ENABLED(CONFIG_GENERIC_IRQ_SHOW_LEVEL))
		len += scnprintf(expected + len, sizeof(expected) - len, " %s",
				 level ? "Level" : "Edge");
	if (*flow)
		len += scnprintf(expected + len, sizeof(expected) - len, "%s-%s",
				 IS_ENABLED(CONFIG_GENERIC_IRQ_SHOW_LEVEL) ? " " : "", flow);
	scnprintf(expected + len, sizeof(expected) - len, " %s", names);

	KUNIT_EXPECT_GT(st->test, files_read(st, st->proc, "interrupts"), 0);
	KUNIT_EXPECT_EQ(st->test, files_find_irq(st, irq, line, sizeof(line)), 1);
	KUNIT_EXPECT_STREQ(st->test, line, expected);
}

/* A requested interrupt has a line with all which is known about it; a free one has none. */
static void interrupts_line(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 5);
	struct files_request *request[2];

	files_need(test, st->proc);
	KUNIT_EXPECT_FALSE_MSG(test, files_listed(st, irq), "listed before it is requested");
	request[0] = files_request(st, irq, 0, IRQF_SHARED, "one");
	files_expect_line(st, irq, 0, 0, "files", "5", false, "", "one");
	request[1] = files_request(st, irq, 1, IRQF_SHARED, "two words");
	files_expect_line(st, irq, 0, 0, "files", "5", false, "", "one, two words");
	files_request(st, irq, 2, IRQF_SHARED, "one");
	files_expect_line(st, irq, 0, 0, "files", "5", false, "", "one, two words, one");
	files_release(st, request[0]);
	files_expect_line(st, irq, 0, 0, "files", "5", false, "", "two words, one");
	files_release(st, request[1]);
	files_expect_line(st, irq, 0, 0, "files", "5", false, "", "one");
}

/* The level and the name of the flow are shown; the line goes with the last handler. */
static void interrupts_type(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 0);
	struct files_request *request;

	files_need(test, st->proc);
	__irq_set_handler(irq, handle_level_irq, false, "flow");
	request = files_request(st, irq, 0, IRQF_TRIGGER_HIGH, "level");
	files_expect_line(st, irq, 0, 0, "files", "0", true, "flow", "level");
	files_release(st, request);
	KUNIT_EXPECT_FALSE_MSG(test, files_listed(st, irq), "listed after it was freed");
	request = files_request(st, irq, 0, IRQF_TRIGGER_RISING, "edge");
	files_expect_line(st, irq, 0, 0, "files", "0", false, "flow", "edge");
}

/* Interrupts which are handled without a handler of a driver, or shall be hidden, are not shown. */
static void interrupts_hidden(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 1), chained = files_new(st, 2);

	files_need(test, st->proc);
	files_request(st, irq, 0, 0, "hidden");
	irq_set_status_flags(irq, IRQ_HIDDEN);
	KUNIT_EXPECT_FALSE_MSG(test, files_listed(st, irq), "hidden, but listed");
	irq_clear_status_flags(irq, IRQ_HIDDEN);
	KUNIT_EXPECT_TRUE_MSG(test, files_listed(st, irq), "no longer hidden, but not listed");

	irq_set_chained_handler(chained, handle_simple_irq);
	KUNIT_EXPECT_FALSE_MSG(test, files_listed(st, chained), "chained, but listed");
	irq_set_chained_handler(chained, NULL);
	/* This is left to the chip */
	irq_modify_status(chained, IRQ_NOREQUEST, 0);
	irq_set_handler(chained, handle_simple_irq);
	files_request(st, chained, 1, 0, "not chained");
	KUNIT_EXPECT_TRUE_MSG(test, files_listed(st, chained), "no longer chained, not listed");
}

void files_print_chip(struct irq_data *data, struct seq_file *m)
{
	seq_printf(m, "printed%lu", data->hwirq);
}

/* A line without a domain, a chip without a name, a chip which shows itself */
static void interrupts_chip(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq, plain;
	const char *with, *without;
	int ret;

	files_need(test, st->proc);
	ret = irq_alloc_desc(NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, ret, 0);
	plain = ret;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, files_free_desc,
							   (void *)(unsigned long)plain));
	irq_set_chip_data(plain, st);
	irq_set_chip_and_handler(plain, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(plain, IRQ_NOREQUEST, 0);
	files_request(st, plain, 0, 0, "without@domain");
	files_expect_line(st, plain, 0, 0, "dummy", "", false, "", "without@domain");

	irq = files_new(st, 7);
	files_request(st, irq, 1, 0, "with@domain");
	files_expect_line(st, irq, 0, 0, "files", "7", false, "", "with@domain");

	/* st->text has both: what is in front of the names is as wide */
	without = strstr(st->text, "without@domain");
	with = strstr(st->text, "with@domain");
	KUNIT_ASSERT_NOT_NULL(test, without);
	KUNIT_ASSERT_NOT_NULL(test, with);
	ret = 0;
	while (without > st->text && *--without != '\n')
		ret++;
	while (with > st->text && *--with != '\n')
		ret--;
	KUNIT_EXPECT_EQ_MSG(test, ret, 0, "the names of a line without a domain are not aligned");

	st->chip.name = NULL;
	files_expect_line(st, irq, 0, 0, "-", "7", false, "", "with@domain");
	st->chip.irq_print_chip = files_print_chip;
	files_expect_line(st, irq, 0, 0, "printed7", "7", false, "", "with@domain");
}

/* There is one header, with the CPUs which are online, and a number column which is wide enough. */
static void interrupts_header(struct kunit *test)
{
	struct files *st = test->priv;
	char expected[256];
	const char *end, *colon;
	int cpu, len = 0;

	files_need(test, st->proc);
	files_request(st, files_new(st, 1), 0, 0, "header");
	for_each_online_cpu(cpu)
		len += scnprintf(expected + len, sizeof(expected) - len, "CPU%-8d", cpu);
	KUNIT_EXPECT_GT(test, files_read(st, st->proc, "interrupts"), 0);
	end = strchr(st->text, '\n');
	KUNIT_ASSERT_NOT_NULL(test, end);
	KUNIT_EXPECT_EQ_MSG(test, strncmp(skip_spaces(st->text), expected, strlen(expected)), 0,
			    "no \"%s\" in the header", expected);
	KUNIT_EXPECT_NULL_MSG(test, strstr(end, "CPU0"), "another header");
	/* The counts are right below the CPUs: these start 7 characters behind the colon */
	colon = strchr(end, ':');
	KUNIT_ASSERT_NOT_NULL(test, colon);
	KUNIT_EXPECT_EQ_MSG(test, skip_spaces(st->text) - st->text, colon - end - 1 + 8,
			    "the columns are not below the CPUs");
}

/* Counts */

/* Numbers of an interrupt: for each CPU, and their sum */
void files_expect_counts(struct files *st, unsigned int irq, unsigned int first, unsigned int last)
{
	int cpu0 = cpumask_first(cpu_online_mask);
	char expected[128];
	int cpu, len = 0;

	KUNIT_EXPECT_EQ(st->test, kstat_irqs_usr(irq), first + last);
	KUNIT_EXPECT_EQ(st->test, kstat_irqs_cpu(irq, cpu0), first + (num_online_cpus() == 1 ?
								      last : 0));
	if (num_online_cpus() == 1)
		first += last;
	else
		KUNIT_EXPECT_EQ(st->test, kstat_irqs_cpu(irq, files_last_cpu()), last);
	if (!st->sysfs || num_possible_cpus() > 8)
		return;
	for_each_possible_cpu(cpu)
		len += scnprintf(expected + len, sizeof(expected) - len, "%s%u", len ? "," : "",
				 cpu == cpu0 ? first : cpu == files_last_cpu() ? last : 0);
	scnprintf(expected + len, sizeof(expected) - len, "\n");
	files_expect_sysfs(st, irq, "per_cpu_count", expected);
}

/* Each interrupt is counted on its CPU, and counts stay until the number is freed. */
static void counts_right(struct kunit *test)
{
	int cpu[] = { cpumask_first(cpu_online_mask), files_last_cpu() };
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 3), other = files_new(st, 4);
	bool one = num_online_cpus() == 1;
	struct files_request *request;

	files_need(test, st->proc);
	request = files_request(st, irq, 0, 0, "counted");
	files_expect_counts(st, irq, 0, 0);
	for (int i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, files_fire(irq, cpu[1]), 0);
	files_expect_counts(st, irq, 0, 2);
	files_expect_line(st, irq, one ? 2 : 0, 2, "files", "3", false, "", "counted");
	for (int i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, files_fire(irq, cpu[0]), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&st->runs), 12);
	KUNIT_EXPECT_EQ(test, st->cpu, cpu[0]);
	files_expect_counts(st, irq, 10, 2);
	files_expect_line(st, irq, one ? 12 : 10, 2, "files", "3", false, "", "counted");
	files_expect_counts(st, other, 0, 0);

	files_release(st, request);
	files_expect_counts(st, irq, 10, 2);
	files_request(st, irq, 1, 0, "again");
	KUNIT_EXPECT_EQ(test, files_fire(irq, cpu[1]), 0);
	files_expect_counts(st, irq, 10, 3);
	files_expect_line(st, irq, one ? 13 : 10, 3, "files", "3", false, "", "again");

	/* For architectures which handle an interrupt without genirq */
	migrate_disable();
	KUNIT_EXPECT_EQ(test, kstat_irqs_cpu(other, raw_smp_processor_id()), 0);
	local_irq_disable();
	kstat_incr_irq_this_cpu(other);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, kstat_irqs_cpu(other, raw_smp_processor_id()), 1);
	migrate_enable();
	KUNIT_EXPECT_EQ(test, kstat_irqs_usr(other), 1);
}

/* A new owner of a number starts at zero, and a number without a descriptor has no interrupts. */
static void counts_reset(struct kunit *test)
{
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 3), again;
	struct files_request *request = files_request(st, irq, 0, 0, "old");

	KUNIT_EXPECT_EQ(test, files_fire(irq, 0), 0);
	KUNIT_EXPECT_EQ(test, kstat_irqs_usr(irq), 1);
	files_release(st, request);
	files_drop(st, irq);
	KUNIT_EXPECT_EQ(test, kstat_irqs_usr(irq), 0);
	KUNIT_EXPECT_EQ(test, kstat_irqs_cpu(irq, 0), 0);
	again = files_new(st, 3);
	KUNIT_EXPECT_EQ(test, kstat_irqs_usr(again), 0);
	KUNIT_EXPECT_EQ(test, kstat_irqs_cpu(again, 0), 0);
}

static irqreturn_t files_percpu_handler(int irq, void *dev)
{
	(*(int *)dev)++;
	return IRQ_HANDLED;
}

static void files_percpu_free(void *data)
{
	struct files *st = data;

	free_percpu_irq(st->percpu_irq, st->percpu);
}

/* The count of a per-CPU interrupt is that of its CPUs. */
static void counts_percpu(struct kunit *test)
{
	int cpu[] = { cpumask_first(cpu_online_mask), files_last_cpu() };
	struct files *st = test->priv;
	unsigned int irq = files_new(st, 6);

	files_need(test, st->proc);
	st->percpu = alloc_percpu(int);
	KUNIT_ASSERT_NOT_NULL(test, (void __force *)st->percpu);
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, (kunit_action_t *)free_percpu,
							   (void __force *)st->percpu));
	KUNIT_ASSERT_EQ(test, irq_set_percpu_devid(irq), 0);
	irq_set_handler(irq, handle_percpu_devid_irq);
	st->percpu_irq = irq;
	KUNIT_ASSERT_EQ(test, request_percpu_irq(irq, files_percpu_handler, "percpu", st->percpu),
			0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, files_percpu_free, st), 0);
	files_expect_line(st, irq, 0, 0, "files", "6", false, "", "percpu");
	for (int i = 0; i < 7; i++)
		KUNIT_EXPECT_EQ(test, files_fire(irq, cpu[i > 3]), 0);
	files_expect_counts(st, irq, 4, 3);
	files_expect_line(st, irq, cpu[0] == cpu[1] ? 7 : 4, 3, "files", "6", false, "", "percpu");
}

/* Reads */

/* Small reads see what a large one sees: each line once, in the order of the numbers. */
static void reads_small(struct kunit *test)
{
	static const size_t chunks[] = { 1, 2, 3, 7, 64, 81, 127, 4095 };
	struct files *st = test->priv;
	unsigned int irq[FILES_LINES];
	char line[160];

	files_need(test, st->proc);
	for (int i = 0; i < FILES_LINES; i++) {
		irq[i] = files_new(st, i);
		files_request(st, irq[i], i, 0, "small");
	}
	for (int c = 0; c < ARRAY_SIZE(chunks); c++) {
		struct file *file = files_open(st->proc, "interrupts", O_RDONLY);
		const char *last = NULL;
		loff_t pos = 0;

		KUNIT_ASSERT_FALSE(test, IS_ERR(file));
		KUNIT_EXPECT_GT(test, files_read_open(st, file, chunks[c], &pos,
						      FILES_TEXT_SIZE - 1), 0);
		__fput_sync(file);
		KUNIT_EXPECT_EQ(test, pos, strlen(st->text));
		for (int i = 0; i < FILES_LINES; i++) {
			KUNIT_EXPECT_EQ_MSG(test, files_find_irq(st, irq[i], line, sizeof(line)), 1,
					    "line %d with reads of %zu", i, chunks[c]);
			snprintf(line, sizeof(line), "\n%4u:", irq[i]);
			KUNIT_EXPECT_TRUE_MSG(test, strstr(st->text, line) > last,
					      "line %d not in order with reads of %zu", i,
					      chunks[c]);
			last = strstr(st->text, line);
			KUNIT_EXPECT_EQ_MSG(test, rcuref_read(&irq_to_desc(irq[i])->refcnt), 1,
					    "a reader keeps line %d", i);
		}
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(st->text, "CPU0"), "no header");
	}
}

/* Read on until the line of this interrupt has been read to its end. */
static size_t files_read_until(struct files *st, struct file *file, loff_t *pos, unsigned int irq)
{
	char *text = st->text, line[160];
	size_t len = 0;

	do {
		st->text = text + len;
		len += files_read_open(st, file, 1, pos, 1) == 1;
		st->text = text;
		if (len == *pos && (!len || text[len - 1] != '\n'))
			continue;
		if (len != *pos)
			break;
	} while (!files_find_irq(st, irq, line, sizeof(line)) || text[len - 1] != '\n');
	return len;
}

/*
 * Lines come and go while a task reads: it sees those which stay exactly once, none which was gone
 * before it came there, and each of them as a whole.
 */
static void reads_while_changed(struct kunit *test)
{
	struct files *st = test->priv;
	struct files_request *request[FILES_LINES] = {};
	unsigned int irq[FILES_LINES];
	char *text, line[160];
	struct file *file;
	loff_t pos = 0;
	size_t len;

	files_need(test, st->proc);
	for (int i = 0; i < FILES_LINES; i++) {
		irq[i] = files_new(st, i);
		KUNIT_ASSERT_TRUE(test, !i || irq[i] > irq[i - 1]);
		if (i != 5)
			request[i] = files_request(st, irq[i], i, 0, "changing");
	}
	file = files_open_kept(st, st->proc, "interrupts", O_RDONLY);
	len = files_read_until(st, file, &pos, irq[2]);

	/* The one which was read last goes with its descriptor, one which was read is requested */
	files_release(st, request[2]);
	files_drop(st, irq[2]);
	files_release(st, request[1]);
	files_request(st, irq[1], 1, 0, "twice");
	/*
	 * The next one may have been taken already. That behind it goes, another one further on
	 * also does, and one appears.
	 */
	files_release(st, request[4]);
	files_drop(st, irq[4]);
	files_release(st, request[6]);
	files_request(st, irq[5], 5, 0, "new");

	text = st->text;
	st->text += len;
	KUNIT_EXPECT_GT(test, files_read_open(st, file, 5, &pos, FILES_TEXT_SIZE - len - 1), 0);
	st->text = text;
	for (int i = 0; i < FILES_LINES; i++)
		KUNIT_EXPECT_EQ_MSG(test, files_find_irq(st, irq[i], line, sizeof(line)),
				    i != 4 && i != 6, "line %d: %s", i, line);
	KUNIT_EXPECT_NULL_MSG(test, strstr(strstr(st->text, "CPU0") + 1, "CPU0"), "two headers");
}

/* The end of the file stays the end, also when the kernel has more interrupts by then. */
static void reads_end(struct kunit *test)
{
	struct files *st = test->priv;
	struct file *file;
	unsigned int irq;
	loff_t pos = 0;
	ssize_t first;
	int ret;

	files_need(test, st->proc);
	file = files_open_kept(st, st->proc, "interrupts", O_RDONLY);
	first = files_read_open(st, file, 64, &pos, FILES_TEXT_SIZE - 1);
	KUNIT_EXPECT_GT(test, first, 0);

	/* One number more than there were */
	ret = irq_alloc_desc_at(irq_get_nr_irqs(), NUMA_NO_NODE);
	KUNIT_ASSERT_GT(test, ret, 0);
	irq = ret;
	KUNIT_ASSERT_EQ(test, 0, kunit_add_action_or_reset(test, files_free_desc,
							   (void *)(unsigned long)irq));
	KUNIT_EXPECT_EQ(test, irq_get_nr_irqs(), irq + 1);
	KUNIT_EXPECT_EQ_MSG(test, files_read_open(st, file, 64, &pos, FILES_TEXT_SIZE - 1), 0,
			    "after the end: %s", st->text);

	irq_set_chip_data(irq, st);
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	files_request(st, irq, 0, 0, "last number");
	KUNIT_EXPECT_TRUE_MSG(test, files_listed(st, irq), "the last number is not listed");
	KUNIT_EXPECT_EQ(test, irq_get_next_irq(irq + 1), irq_get_nr_irqs());
}

static struct kunit_case interrupts_cases[] = {
	KUNIT_CASE(interrupts_line),
	KUNIT_CASE(interrupts_type),
	KUNIT_CASE(interrupts_hidden),
	KUNIT_CASE(interrupts_chip),
	KUNIT_CASE(interrupts_header),
	KUNIT_CASE(counts_right),
	KUNIT_CASE(counts_reset),
	KUNIT_CASE(counts_percpu),
	KUNIT_CASE(reads_small),
	KUNIT_CASE(reads_while_changed),
	KUNIT_CASE(reads_end),
	{}
};

static struct kunit_suite interrupts_suite = {
	.name = "genirq_interrupts",
	.init = files_test_init,
	.test_cases = interrupts_cases,
};

kunit_test_suite(interrupts_suite);

MODULE_DESCRIPTION("KUnit tests of /proc/interrupts");
MODULE_LICENSE("GPL");
