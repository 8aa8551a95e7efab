// SPDX-License-Identifier: GPL-2.0
/* A driver at fault: it calls of_dma_configure() on its own, bound device. Parameter later=1: from a work, not from probe. */
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_device.h>
#include <linux/platform_device.h>
#include <linux/workqueue.h>

static bool later;
module_param(later, bool, 0444);

static struct delayed_work lab_work;
static struct device *lab_device;

static noinline void lab_reconfigure(struct device *dev)
{
	struct device_node *np = of_parse_phandle(dev->of_node, "lab,dma-node", 0);

	dev_info(dev, "of_dma_configure() of its own device: %d\n", of_dma_configure(dev, np, true));
	of_node_put(np);
}

static void lab_do_work(struct work_struct *work)
{
	lab_reconfigure(lab_device);
}

static int lab_misuse_probe(struct platform_device *pdev)
{
	lab_device = &pdev->dev;
	INIT_DELAYED_WORK(&lab_work, lab_do_work);
	if (later)
		schedule_delayed_work(&lab_work, HZ);
	else
		lab_reconfigure(lab_device);
	return 0;
}

static void lab_misuse_remove(struct platform_device *pdev)
{
	cancel_delayed_work_sync(&lab_work);
}

static const struct of_device_id lab_misuse_ids[] = { { .compatible = "lab,dma-client" }, {} };
MODULE_DEVICE_TABLE(of, lab_misuse_ids);

static struct platform_driver lab_misuse = {
	.probe = lab_misuse_probe,
	.remove = lab_misuse_remove,
	.driver = { .name = "labmisuse", .of_match_table = lab_misuse_ids },
};
module_platform_driver(lab_misuse);
MODULE_DESCRIPTION("Misuse of of_dma_configure()");
MODULE_LICENSE("GPL");
