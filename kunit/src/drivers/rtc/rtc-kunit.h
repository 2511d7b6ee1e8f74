/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common helpers of KUnit tests of RTC drivers
 */
#ifndef _RTC_KUNIT_H
#define _RTC_KUNIT_H

#include <linux/device.h>
#include <linux/rtc.h>
#include <linux/string.h>

#include <kunit/test.h>

static inline int rtc_kunit_match(struct device *dev, const void *data)
{
	/* rtc_class is not exported */
	return dev->class && !strcmp(dev->class->name, "rtc");
}

/* The RTC which the driver of @parent has registered. Valid while the driver is bound. */
static inline struct rtc_device *rtc_kunit_find(struct kunit *test, struct device *parent)
{
	struct device *dev = device_find_child(parent, NULL, rtc_kunit_match);

	KUNIT_ASSERT_NOT_NULL(test, dev);
	put_device(dev);
	return to_rtc_device(dev);
}

/* Set an alarm one hour ahead of the time of @rtc */
static inline void rtc_kunit_set_alarm(struct kunit *test, struct rtc_device *rtc)
{
	struct rtc_wkalrm alarm = { .enabled = true };

	KUNIT_ASSERT_EQ(test, rtc_read_time(rtc, &alarm.time), 0);
	rtc_time64_to_tm(rtc_tm_to_time64(&alarm.time) + 3600, &alarm.time);
	KUNIT_ASSERT_EQ(test, rtc_set_alarm(rtc, &alarm), 0);
}

#endif /* _RTC_KUNIT_H */
