// SPDX-License-Identifier: GPL-2.0+
/*
 * Devices whose interrupt is a line of a simulated controller, from user space: a
 * directory "device" in the directory of the line. The drivers are existing ones, and
 * need no changes for this.
 */

#define pr_fmt(fmt) "irq-sim: " fmt

#include <linux/cleanup.h>
#include <linux/completion.h>
#include <linux/ctype.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/i2c.h>
#include <linux/ioport.h>
#include <linux/kmod.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/sysfs.h>

#include "configfs.h"

#define IRQ_SIM_CFS_MAX_NAME	64
#define IRQ_SIM_CFS_MAX_PROPS	16
#define IRQ_SIM_CFS_MAX_CELLS	64

/**
 * struct irq_sim_cfs_properties - firmware properties of a device
 * @entries:	the properties, one which the code adds, and a terminator
 * @num:	number of properties
 * @cells:	values of numeric properties
 * @num_cells:	number of values in @cells
 * @len:	length of @shown and @text
 * @shown:	the properties as written, one per line; points into @text
 * @text:	the parsed names and strings
 */
struct irq_sim_cfs_properties {
	struct property_entry	entries[IRQ_SIM_CFS_MAX_PROPS + 2];
	unsigned int		num;
	u32			cells[IRQ_SIM_CFS_MAX_CELLS];
	unsigned int		num_cells;
	size_t			len;
	char			*shown;
	char			text[];
};

/**
 * struct irq_sim_cfs_device - the directory of a device
 * @item:	the directory
 * @line:	the line, whose directory cannot be removed before this one
 * @driver:	name of the driver
 * @properties:	properties of the software node, may be NULL
 * @adapter:	number of the I2C adapter of the device
 * @addr:	I2C address, 0 for a platform device
 * @dev:	the device while the chip is live, NULL otherwise
 * @node:	its software node, which has copies of the properties
 * @i2c:	entry in the list of I2C devices
 * @gone:	completed when an I2C device has been removed, no matter by whom
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
	struct list_head	i2c;
	struct completion	gone;
};

static struct irq_sim_cfs_device *to_irq_sim_cfs_device(struct config_item *item)
{
	return container_of(item, struct irq_sim_cfs_device, item);
}

static const char irq_sim_cfs_no_second[] =
	"the only one of its name: an empty line removes all";

/* Parse NAME, NAME="STRING" or NAME=NUMBER,NUMBER ... Returns what is expected, or NULL. */
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
		if (!isgraph(*c) || *c == '"')
			return "a printable name, without quotes";
	}
	for (unsigned int i = 0; i < p->num; i++) {
		if (!strcmp(p->entries[i].name, name))
			return irq_sim_cfs_no_second;
	}

	if (!text) {
		p->entries[p->num++] = PROPERTY_ENTRY_BOOL(name);
		return NULL;
	}
	if (*text == '"') {
		len = strcspn(++text, "\"");
		if (!text[len] || text[len + 1])
			return "a string which ends in \", and has none in it";
		text[len] = '\0';
		/* UIO requests the interrupt by this name */
		if (!strcmp(name, "linux,uio-name") && (!len || !irq_sim_cfs_is_label(text, len)))
			return "a name, printable, without '/', and no file of /proc/irq/N";
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

/* Length of the first property: up to a blank outside of a string, or the end of the line. */
static size_t irq_sim_cfs_len_one(const char *text)
{
	bool string = false;
	size_t len;

	for (len = 0; text[len] && text[len] != '\n'; len++) {
		if (text[len] == '"')
			string = !string;
		else if (!string && (text[len] == ' ' || text[len] == '\t'))
			break;
	}
	return len;
}

static int irq_sim_cfs_parse(struct irq_sim_cfs_chip *chip, struct irq_sim_cfs_properties *p,
			     const char *text)
{
	size_t len;

	for (text += strspn(text, " \t\n"); *text; text += len + strspn(text + len, " \t\n")) {
		char *one = p->text + p->len, *shown = p->shown + p->len;
		const char *want;

		len = irq_sim_cfs_len_one(text);
		memcpy(one, text, len);
		memcpy(shown, text, len);
		shown[len] = '\n';
		p->len += len + 1;
		want = p->len < IRQ_SIM_CFS_MAX_WRITE ? irq_sim_cfs_parse_one(p, one) :
							"less, it is too long in all";
		if (want) {
			irq_sim_cfs_refuse(chip, "properties", shown, "%s", want);
			return want == irq_sim_cfs_no_second ? -EEXIST : -EINVAL;
		}
	}
	return 0;
}

/* The properties of a device, with those in @page added. */
static struct irq_sim_cfs_properties *
irq_sim_cfs_add_properties(struct irq_sim_cfs_device *device, const char *page)
{
	const char *old = device->properties ? device->properties->shown : "";
	size_t size = strlen(old) + strlen(page) + 2;
	int ret;

	struct irq_sim_cfs_properties *p __free(kfree) =
		kzalloc(struct_size(p, text, 2 * size), GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	p->shown = p->text + size;
	ret = irq_sim_cfs_parse(device->line->chip, p, old);
	if (!ret)
		ret = irq_sim_cfs_parse(device->line->chip, p, page);
	if (ret)
		return ERR_PTR(ret);
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
	/* uio_pdrv_genirq requires a name */
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

	/* The uevent of the device does not contain the name of the driver */
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
	ret = platform_device_add_resources(pdev, &res, 1);
	if (!ret)
		ret = platform_device_add(pdev);
	if (ret) {
		platform_device_put(pdev);
		goto err;
	}
	/* No driver has the name of the device, so only device_attach() probes it */
	ret = device_set_driver_override(&pdev->dev, device->driver);
	if (ret) {
		platform_device_unregister(pdev);
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
static LIST_HEAD(irq_sim_cfs_on_i2c);
static DEFINE_SPINLOCK(irq_sim_cfs_i2c_lock);

static void irq_sim_cfs_watch(struct irq_sim_cfs_device *device)
{
	init_completion(&device->gone);
	guard(spinlock)(&irq_sim_cfs_i2c_lock);
	list_add(&device->i2c, &irq_sim_cfs_on_i2c);
}

/* The notifier takes this lock, too, so it does not use the device any more after this. */
static void irq_sim_cfs_unwatch(struct irq_sim_cfs_device *device)
{
	guard(spinlock)(&irq_sim_cfs_i2c_lock);
	list_del(&device->i2c);
}

/*
 * A device is identified by its node when it is added, before anybody can remove it.
 * Once it has been removed, its driver has freed the interrupt. There is one notifier
 * for all devices: (un)registering a notifier waits for the other ones, which may
 * register an adapter or a device. That must not happen with the lock of a chip held.
 */
static int irq_sim_cfs_i2c_notify(struct notifier_block *nb, unsigned long action, void *data)
{
	struct irq_sim_cfs_device *device;
	struct device *dev = data;

	guard(spinlock)(&irq_sim_cfs_i2c_lock);
	list_for_each_entry(device, &irq_sim_cfs_on_i2c, i2c) {
		/* Devices which the driver adds below this one may have the same node */
		if (action == BUS_NOTIFY_ADD_DEVICE && !device->dev &&
		    dev_fwnode(dev) == device->node)
			device->dev = dev;
		else if (action == BUS_NOTIFY_REMOVED_DEVICE && device->dev == dev)
			complete_all(&device->gone);
	}
	return NOTIFY_DONE;
}

static struct notifier_block irq_sim_cfs_i2c_nb = {
	.notifier_call	= irq_sim_cfs_i2c_notify,
};

/**
 * irq_sim_cfs_init_i2c() - Register the notifier for I2C devices
 *
 * Context: Process context. May sleep.
 *
 * Return: 0 or an error.
 */
int __init irq_sim_cfs_init_i2c(void)
{
	return bus_register_notifier(&i2c_bus_type, &irq_sim_cfs_i2c_nb);
}

/**
 * irq_sim_cfs_exit_i2c() - The opposite of irq_sim_cfs_init_i2c()
 *
 * Context: Process context. May sleep.
 */
void irq_sim_cfs_exit_i2c(void)
{
	bus_unregister_notifier(&i2c_bus_type, &irq_sim_cfs_i2c_nb);
}

static int irq_sim_cfs_add_i2c(struct irq_sim_cfs_device *device, const char *name)
{
	struct irq_sim_cfs_properties *p = device->properties;
	struct i2c_board_info info = {
		.addr	= device->addr,
		.irq	= device->line->irq,
	};
	struct i2c_adapter *adapter;
	struct i2c_client *client;
	int ret;

	if (strscpy(info.type, device->driver) < 0) {
		pr_err("%s: '%s' is too long for an I2C device\n", name, device->driver);
		return -ENAMETOOLONG;
	}
	/* Before taking the adapter: loading may take long, and the adapter may be removed */
	request_module("%s%s", I2C_MODULE_PREFIX, info.type);
	adapter = i2c_get_adapter(device->adapter);
	if (!adapter) {
		pr_err("%s: there is no adapter i2c-%d\n", name, device->adapter);
		return -ENODEV;
	}

	/* Others may keep a reference to the node, so it is not part of the directory */
	device->node = fwnode_create_software_node(p ? p->entries : NULL, NULL);
	if (IS_ERR(device->node)) {
		ret = PTR_ERR(device->node);
		goto out;
	}
	info.swnode = to_software_node(device->node);
	irq_sim_cfs_watch(device);
	client = i2c_new_userspace_device(adapter, &info);
	ret = PTR_ERR_OR_ZERO(client);
	if (ret) {
		irq_sim_cfs_unwatch(device);
		fwnode_remove_software_node(device->node);
		device->dev = NULL;
	}
out:
	/* Removal of the adapter waits for its references, but must work while the chip is live */
	i2c_put_adapter(adapter);
	return ret;
}

static void irq_sim_cfs_remove_i2c(struct irq_sim_cfs_device *device)
{
	struct i2c_client *client = to_i2c_client(device->dev);
	struct i2c_adapter *adapter = i2c_get_adapter(device->adapter);

	/* A new adapter with the same number does not know the client */
	if (adapter) {
		i2c_del_userspace_device(adapter, client);
		i2c_put_adapter(adapter);
	}
	/* If the adapter is gone, its removal is about to remove the client */
	wait_for_completion(&device->gone);
	irq_sim_cfs_unwatch(device);
	/* The client may be about to put its reference */
	fwnode_remove_software_node(device->node);
	put_device(&client->dev);
}

/* Has somebody else removed the device? */
static bool irq_sim_cfs_is_gone(struct irq_sim_cfs_device *device)
{
	return device->addr && completion_done(&device->gone);
}
#else
static int irq_sim_cfs_add_i2c(struct irq_sim_cfs_device *device, const char *name)
{
	return -EOPNOTSUPP;
}

static void irq_sim_cfs_remove_i2c(struct irq_sim_cfs_device *device) { }

static bool irq_sim_cfs_is_gone(struct irq_sim_cfs_device *device)
{
	return false;
}
#endif

/**
 * irq_sim_cfs_bind() - Add the device of a line, and bind its driver
 * @line:	the line, which is mapped
 *
 * Context: Process context. May sleep. The lock of the chip is held.
 *
 * Return: 0, -ENODEV if there is no such driver, -ENXIO if it did not bind to the
 * device, or another error.
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

	/*
	 * Do not rely on the probe when the device is added, as that may be asynchronous.
	 * An I2C device is added with the name of its driver, which may be probed twice.
	 */
	if (device_attach(device->dev) == 1)
		return 0;
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
	size_t len = count - (page[count - 1] == '\n');
	int ret;

	ret = irq_sim_cfs_check(chip, "driver", page, count);
	if (ret)
		return ret;
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
	if (!device->dev || irq_sim_cfs_is_gone(device))
		return -ENODEV;
	return sysfs_emit(page, "%s\n", dev_name(device->dev));
}

CONFIGFS_ATTR_RO(irq_sim_cfs_device_, dev_name);

static ssize_t irq_sim_cfs_device_properties_show(struct config_item *item, char *page)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);
	struct irq_sim_cfs_properties *p;

	guard(mutex)(&device->line->chip->lock);
	p = device->properties;
	if (!p)
		return 0;
	/* The last property ends with a newline, too */
	return sysfs_emit(page, "%.*s\n", (int)p->len - 1, p->shown);
}

static ssize_t irq_sim_cfs_device_properties_store(struct config_item *item, const char *page,
						   size_t count)
{
	struct irq_sim_cfs_device *device = to_irq_sim_cfs_device(item);
	struct irq_sim_cfs_chip *chip = device->line->chip;
	int ret;

	ret = irq_sim_cfs_check(chip, "properties", page, count);
	if (ret)
		return ret;

	guard(mutex)(&chip->lock);
	if (irq_sim_cfs_is_live(chip))
		return -EBUSY;
	/*
	 * A shell may write each line separately, so the properties add up. Therefore an
	 * empty write removes them.
	 */
	struct irq_sim_cfs_properties *properties __free(kfree) = NULL;
	if (page[strspn(page, " \t\n")]) {
		properties = irq_sim_cfs_add_properties(device, page);
		if (IS_ERR(properties))
			return PTR_ERR(properties);
	}
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
	char canonical[20] = "";
	int ret;

	ret = irq_sim_cfs_check(chip, "i2c", page, count);
	if (ret)
		return ret;
	/* Same format as in sysfs: sscanf() also takes other text and too large numbers */
	if (sscanf(page, "%u-%x", &adapter, &addr) == 2)
		snprintf(canonical, sizeof(canonical), "%u-%04x", adapter, addr);
	if (!sysfs_streq(page, canonical) ||
	    (*canonical && (adapter > INT_MAX || addr < 0x08 || addr > 0x77))) {
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
 * irq_sim_cfs_make_device() - Make the directory of a device
 * @group:	the directory of the line
 * @name:	name of the new directory
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
 * irq_sim_cfs_drop_device() - Remove the directory of a device
 * @group:	the directory of the line
 * @item:	the directory of the device
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
