// SPDX-License-Identifier: GPL-2.0+
/*
 * Devices whose interrupt is a line of a simulated controller, from user space: a
 * directory "device" in that of the line. The driver is one of the tree, and knows
 * nothing of this.
 */

#define pr_fmt(fmt) "irq-sim: " fmt

#include <linux/cleanup.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/ioport.h>
#include <linux/kmod.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "configfs.h"

#define IRQ_SIM_CFS_MAX_NAME	64
#define IRQ_SIM_CFS_MAX_PROPS	16
#define IRQ_SIM_CFS_MAX_CELLS	64

/**
 * struct irq_sim_cfs_properties - what the firmware of a device would say
 * @entries:	the properties, one more that is for us, and an empty one
 * @num:	how many there are
 * @cells:	the values of those which are numbers
 * @num_cells:	how many there are
 * @shown:	the text as it was written, in the same memory
 * @text:	the same in pieces: names and strings
 */
struct irq_sim_cfs_properties {
	struct property_entry	entries[IRQ_SIM_CFS_MAX_PROPS + 2];
	unsigned int		num;
	u32			cells[IRQ_SIM_CFS_MAX_CELLS];
	unsigned int		num_cells;
	char			*shown;
	char			text[];
};

/**
 * struct irq_sim_cfs_device - a directory which stands for a device
 * @item:	the directory
 * @line:	the line. As for &struct irq_sim_cfs_line, not to be followed when
 *		the directory has been removed.
 * @driver:	name of the driver
 * @properties:	of its software node, may be NULL
 * @adapter:	number of the I2C adapter that the device is on
 * @addr:	its address there, 0 for a platform device
 * @dev:	the device while the chip is live, NULL otherwise
 * @node:	software node of a platform device
 * @swnode:	that of an I2C device
 */
struct irq_sim_cfs_device {
	struct config_item	item;
	struct irq_sim_cfs_line	*line;
	char			*driver;
	struct irq_sim_cfs_properties *properties;
	int			adapter;
	unsigned short		addr;
	struct device		*dev;
	struct fwnode_handle	*node;
	struct software_node	swnode;
};

static struct irq_sim_cfs_device *to_irq_sim_cfs_device(struct config_item *item)
{
	return container_of(item, struct irq_sim_cfs_device, item);
}

/* NAME, NAME="STRING" or NAME=NUMBER,NUMBER ... Returns why not, NULL if it is fine. */
static const char *irq_sim_cfs_parse_one(struct irq_sim_cfs_properties *p, char *text)
{
	char *name = strsep(&text, "="), *cell;
	unsigned int first = p->num_cells;
	size_t len;

	if (p->num == IRQ_SIM_CFS_MAX_PROPS)
		return "fewer properties";
	if (!*name)
		return "NAME, NAME=\"STRING\" or NAME=NUMBER,...";
	for (const char *c = name; *c; c++) {
		if (!isgraph(*c))
			return "a name without blanks";
	}
	for (unsigned int i = 0; i < p->num; i++) {
		if (!strcmp(p->entries[i].name, name))
			return "there once";
	}

	if (!text) {
		p->entries[p->num++] = PROPERTY_ENTRY_BOOL(name);
		return NULL;
	}
	if (*text == '"') {
		len = strlen(++text);
		if (!len || text[len - 1] != '"')
			return "a string which ends in \"";
		text[len - 1] = '\0';
		p->entries[p->num++] = PROPERTY_ENTRY_STRING(name, text);
		return NULL;
	}
	while ((cell = strsep(&text, ","))) {
		if (p->num_cells == IRQ_SIM_CFS_MAX_CELLS)
			return "fewer numbers";
		if (kstrtou32(cell, 0, &p->cells[p->num_cells++]))
			return "numbers of 32 bits";
	}
	p->entries[p->num++] = PROPERTY_ENTRY_U32_ARRAY_LEN(name, p->cells + first,
							    p->num_cells - first);
	return NULL;
}

static struct irq_sim_cfs_properties *irq_sim_cfs_parse(struct irq_sim_cfs_chip *chip,
							const char *page)
{
	size_t len = strlen(page);
	char *rest, *one;

	/* One end of a line is added when it is shown */
	if (len && page[len - 1] == '\n')
		len--;

	struct irq_sim_cfs_properties *p __free(kfree) =
		kzalloc(struct_size(p, text, 2 * (len + 1)), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	memcpy(p->text, page, len);
	p->shown = p->text + len + 1;
	memcpy(p->shown, page, len);
	rest = p->text;
	while ((one = strsep(&rest, "\n"))) {
		const char *shown = p->shown + (one - p->text), *want;

		if (!*one)
			continue;
		want = irq_sim_cfs_parse_one(p, one);
		if (want) {
			irq_sim_cfs_refuse(chip, "properties", shown, "%s", want);
			return ERR_PTR(-EINVAL);
		}
	}
	return_ptr(p);
}

static bool irq_sim_cfs_has(const struct irq_sim_cfs_properties *p, const char *name)
{
	for (unsigned int i = 0; i < p->num; i++) {
		if (!strcmp(p->entries[i].name, name))
			return true;
	}
	return false;
}

static struct fwnode_handle *irq_sim_cfs_create_node(struct irq_sim_cfs_device *device,
						     const char *name)
{
	struct irq_sim_cfs_line *line = device->line;
	struct irq_sim_cfs_properties *none __free(kfree) = NULL;
	struct irq_sim_cfs_properties *p = device->properties;
	struct fwnode_handle *node;

	if (!p) {
		none = kzalloc_obj(*none);
		if (!none)
			return ERR_PTR(-ENOMEM);
		p = none;
	}
	/* uio_pdrv_genirq wants to be told what it is called */
	if (!irq_sim_cfs_has(p, "linux,uio-name"))
		p->entries[p->num] = PROPERTY_ENTRY_STRING("linux,uio-name",
							   line->label ?: name);
	node = fwnode_create_software_node(p->entries, NULL);
	p->entries[p->num] = (struct property_entry){ };
	return node;
}

static int irq_sim_cfs_add_platform(struct irq_sim_cfs_device *device, const char *name)
{
	struct resource res = DEFINE_RES_IRQ(device->line->irq);
	struct platform_device *pdev;
	int ret;

	/* No event of the device has the name of the driver in it */
	if (!driver_find(device->driver, &platform_bus_type))
		request_module("platform:%s", device->driver);
	if (!driver_find(device->driver, &platform_bus_type)) {
		pr_err("%s: there is no platform driver '%s'\n", name, device->driver);
		return -ENODEV;
	}

	device->node = irq_sim_cfs_create_node(device, name);
	if (IS_ERR(device->node))
		return PTR_ERR(device->node);
	pdev = platform_device_alloc(name, PLATFORM_DEVID_NONE);
	if (!pdev) {
		ret = -ENOMEM;
		goto err;
	}
	device_set_node(&pdev->dev, fwnode_handle_get(device->node));
	ret = device_set_driver_override(&pdev->dev, device->driver);
	if (!ret)
		ret = platform_device_add_resources(pdev, &res, 1);
	if (!ret)
		ret = platform_device_add(pdev);
	if (ret) {
		platform_device_put(pdev);
		goto err;
	}
	device->dev = &pdev->dev;
	return 0;
err:
	fwnode_remove_software_node(device->node);
	return ret;
}

static void irq_sim_cfs_remove_platform(struct irq_sim_cfs_device *device)
{
	platform_device_unregister(to_platform_device(device->dev));
	fwnode_remove_software_node(device->node);
}

#if IS_ENABLED(CONFIG_I2C)
static int irq_sim_cfs_add_i2c(struct irq_sim_cfs_device *device, const char *name)
{
	/* The properties stay as they are until the client is gone, and need no copy */
	struct i2c_board_info info = {
		.addr	= device->addr,
		.swnode	= &device->swnode,
		.irq	= device->line->irq,
	};
	struct i2c_adapter *adapter;
	struct i2c_client *client;

	device->swnode.properties = device->properties ? device->properties->entries : NULL;
	if (strscpy(info.type, device->driver) < 0) {
		pr_err("%s: '%s' is too long for an I2C device\n", name, device->driver);
		return -ENAMETOOLONG;
	}
	/* Held as long as the client: the module cannot go, and a removal waits */
	adapter = i2c_get_adapter(device->adapter);
	if (!adapter) {
		pr_err("%s: there is no adapter i2c-%d\n", name, device->adapter);
		return -ENODEV;
	}
	request_module("%s%s", I2C_MODULE_PREFIX, info.type);
	client = i2c_new_client_device(adapter, &info);
	if (IS_ERR(client)) {
		i2c_put_adapter(adapter);
		return PTR_ERR(client);
	}
	/* A removal of the adapter takes the client away before it waits */
	device->dev = get_device(&client->dev);
	return 0;
}

static void irq_sim_cfs_remove_i2c(struct irq_sim_cfs_device *device)
{
	struct i2c_client *client = to_i2c_client(device->dev);
	struct i2c_adapter *adapter = client->adapter;

	if (device_is_registered(&client->dev))
		i2c_unregister_device(client);
	put_device(&client->dev);
	i2c_put_adapter(adapter);
}
#else
static int irq_sim_cfs_add_i2c(struct irq_sim_cfs_device *device, const char *name)
{
	return -EOPNOTSUPP;
}

static void irq_sim_cfs_remove_i2c(struct irq_sim_cfs_device *device) { }
#endif

/**
 * irq_sim_cfs_bind() - Add the device of a line, and have its driver bound
 * @line:	the line, mapped
 *
 * Context: Process context. May sleep. The lock of the chip is held.
 *
 * Return: 0, -ENODEV when there is no such driver, -ENXIO when it did not take
 * the device, or another error.
 */
int irq_sim_cfs_bind(struct irq_sim_cfs_line *line)
{
	struct irq_sim_cfs_device *device = line->device;
	int ret;

	if (!device)
		return 0;
	char *name __free(kfree) = kasprintf(GFP_KERNEL, "irq-sim.%s.%u",
					     irq_sim_cfs_name(line->chip), line->hwirq);
	if (!name)
		return -ENOMEM;
	if (!device->driver) {
		pr_err("%s: the device has no driver\n", name);
		return -ENODATA;
	}

	ret = device->addr ? irq_sim_cfs_add_i2c(device, name) :
			     irq_sim_cfs_add_platform(device, name);
	if (ret)
		return ret;

	wait_for_device_probe();
	scoped_guard(device, device->dev) {
		if (device_is_bound(device->dev))
			return 0;
	}
	pr_err("%s: the driver '%s' did not take the device\n", name, device->driver);
	irq_sim_cfs_unbind(line);
	return -ENXIO;
}

/**
 * irq_sim_cfs_unbind() - Remove the device of a line, if there is one
 * @line:	the line
 *
 * Context: Process context. May sleep. The lock of the chip is held.
 */
void irq_sim_cfs_unbind(struct irq_sim_cfs_line *line)
{
	struct irq_sim_cfs_device *device = line->device;

	if (!device || !device->dev)
		return;
	if (device->addr)
		irq_sim_cfs_remove_i2c(device);
	else
		irq_sim_cfs_remove_platform(device);
	device->dev = NULL;
}

static ssize_t irq_sim_cfs_device_driver_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);

	guard(mutex)(&device->line->chip->lock);
	return sysfs_emit(page, "%s\n", device->driver ?: "");
}

static ssize_t irq_sim_cfs_device_driver_store(struct config_item *item, const char *page,
					       size_t count)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);
	struct irq_sim_cfs_chip *chip = device->line->chip;
	size_t len = strcspn(page, "\n");

	for (size_t i = 0; i < len; i++) {
		if (!isgraph(page[i]) || page[i] == '/')
			len = 0;
	}
	if (!len || len > IRQ_SIM_CFS_MAX_NAME) {
		irq_sim_cfs_refuse(chip, "driver", page, "the name of a driver");
		return -EINVAL;
	}

	char *driver __free(kfree) = kstrndup(page, len, GFP_KERNEL);
	if (!driver)
		return -ENOMEM;

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	swap(device->driver, driver);
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_device_, driver);

static ssize_t irq_sim_cfs_device_dev_name_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);

	guard(mutex)(&device->line->chip->lock);
	if (!device->dev)
		return -ENODEV;
	return sysfs_emit(page, "%s\n", dev_name(device->dev));
}

CONFIGFS_ATTR_RO(irq_sim_cfs_device_, dev_name);

static ssize_t irq_sim_cfs_device_properties_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);

	guard(mutex)(&device->line->chip->lock);
	if (!device->properties)
		return 0;
	return sysfs_emit(page, "%s\n", device->properties->shown);
}

static ssize_t irq_sim_cfs_device_properties_store(struct config_item *item, const char *page,
						   size_t count)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);
	struct irq_sim_cfs_chip *chip = device->line->chip;
	struct irq_sim_cfs_properties *properties __free(kfree) = irq_sim_cfs_parse(chip, page);

	if (IS_ERR(properties))
		return PTR_ERR(properties);

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	swap(device->properties, properties);
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_device_, properties);

static ssize_t irq_sim_cfs_device_i2c_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);

	guard(mutex)(&device->line->chip->lock);
	if (!device->addr)
		return sysfs_emit(page, "\n");
	return sysfs_emit(page, "%d-%04x\n", device->adapter, device->addr);
}

static ssize_t irq_sim_cfs_device_i2c_store(struct config_item *item, const char *page,
					    size_t count)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);
	struct irq_sim_cfs_chip *chip = device->line->chip;
	unsigned int adapter = 0, addr = 0;
	int len = 0;

	if (!sysfs_streq(page, "") &&
	    (sscanf(page, "%u-%x%n", &adapter, &addr, &len) != 2 || adapter > INT_MAX ||
	     addr < 0x08 || addr > 0x77 || !sysfs_streq(page + len, ""))) {
		irq_sim_cfs_refuse(chip, "i2c", page, "BUS-ADDRESS, 0-0008 for example");
		return -EINVAL;
	}

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	device->adapter = adapter;
	device->addr = addr;
	return count;
}

CONFIGFS_ATTR(irq_sim_cfs_device_, i2c);

static struct configfs_attribute *irq_sim_cfs_device_attrs[] = {
	&irq_sim_cfs_device_attr_driver,
	&irq_sim_cfs_device_attr_dev_name,
	&irq_sim_cfs_device_attr_properties,
	IS_ENABLED(CONFIG_I2C) ? &irq_sim_cfs_device_attr_i2c : NULL,
	NULL
};

static void irq_sim_cfs_device_release(struct config_item *item)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);

	kfree(device->driver);
	kfree(device->properties);
	kfree(device);
}

static const struct configfs_item_operations irq_sim_cfs_device_item_ops = {
	.release	= irq_sim_cfs_device_release,
};

static const struct config_item_type irq_sim_cfs_device_type = {
	.ct_item_ops	= &irq_sim_cfs_device_item_ops,
	.ct_attrs	= irq_sim_cfs_device_attrs,
	.ct_owner	= THIS_MODULE,
};

/**
 * irq_sim_cfs_make_device() - The directory of a device is made
 * @group:	the directory of the line
 * @name:	of the new one
 *
 * Context: As configfs calls it.
 *
 * Return: The new directory, or an error.
 */
struct config_item *irq_sim_cfs_make_device(struct config_group *group, const char *name)
{
	struct irq_sim_cfs_line *line = container_of(group, struct irq_sim_cfs_line, group);
	struct irq_sim_cfs_device *device;

	if (strcmp(name, "device")) {
		irq_sim_cfs_refuse(line->chip, "directory of a line", name, "device");
		return ERR_PTR(-EINVAL);
	}

	guard(mutex)(&line->chip->lock);
	if (irq_sim_cfs_is_live(line->chip))
		return ERR_PTR(-EBUSY);
	device = kzalloc_obj(*device);
	if (!device)
		return ERR_PTR(-ENOMEM);
	device->line = line;
	config_item_init_type_name(&device->item, name, &irq_sim_cfs_device_type);
	line->device = device;
	return &device->item;
}

/**
 * irq_sim_cfs_drop_device() - The directory of a device is removed
 * @group:	the directory of the line
 * @item:	that of the device
 *
 * Context: As configfs calls it.
 */
void irq_sim_cfs_drop_device(struct config_group *group, struct config_item *item)
{
	struct irq_sim_cfs_line *line = container_of(group, struct irq_sim_cfs_line, group);

	scoped_guard(mutex, &line->chip->lock) {
		irq_sim_cfs_unbind(line);
		line->device = NULL;
	}
	config_item_put(item);
}
