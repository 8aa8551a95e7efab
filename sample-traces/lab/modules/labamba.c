// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for QEMU's gpio block that does nothing: quick to bind and to unbind, over and over. And a probe that holds the window of
 * amba_dma_configure() open: 30 ms in its of_dma_configure_id() if the device has no driver, as in an IOMMU's walk.
 */
#include <linux/amba/bus.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static int wait_in_walk(struct kprobe *probe, struct pt_regs *regs)
{
	struct device *dev = (struct device *)regs_get_kernel_argument(regs, 0);

	if (dev->bus == &amba_bustype && !dev->driver)
		mdelay(30);
	return 0;
}

static struct kprobe window = { .symbol_name = "of_dma_configure_id", .pre_handler = wait_in_walk };

static int labamba_probe(struct amba_device *adev, const struct amba_id *id)
{
	return 0;
}

static const struct amba_id labamba_ids[] = {
	{ .id = 0x00041061, .mask = 0x000fffff },
	{ }
};
MODULE_DEVICE_TABLE(amba, labamba_ids);

static struct amba_driver labamba_driver = {
	.drv = { .name = "labamba" },
	.id_table = labamba_ids,
	.probe = labamba_probe,
};

static int __init labamba_init(void)
{
	int ret = register_kprobe(&window);

	return ret ?: amba_driver_register(&labamba_driver);
}
module_init(labamba_init);

MODULE_DESCRIPTION("amba driver that does nothing");
MODULE_LICENSE("GPL");
