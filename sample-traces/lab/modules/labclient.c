// SPDX-License-Identifier: GPL-2.0
/* A client on the platform bus. Its one line says whether it got its IOMMU before it allocated DMA memory. */
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int lab_client_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	dma_addr_t address;

	dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	if (!dmam_alloc_coherent(dev, PAGE_SIZE, &address, GFP_KERNEL))
		return -ENOMEM;
	dev_info(dev, "working, dma %pad, iommu %s\n", &address, device_iommu_mapped(dev) ? "yes" : "NO");
	return 0;
}

static const struct of_device_id lab_client_ids[] = { { .compatible = "lab,client" }, {} };
MODULE_DEVICE_TABLE(of, lab_client_ids);

static struct platform_driver lab_client = {
	.probe = lab_client_probe,
	.driver = { .name = "labclient", .of_match_table = lab_client_ids },
};
module_platform_driver(lab_client);
MODULE_DESCRIPTION("A DMA client that reports");
MODULE_LICENSE("GPL");
