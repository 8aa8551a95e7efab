// SPDX-License-Identifier: GPL-2.0
/*
 * An IOMMU without hardware: every domain is identity. What it does wrong is in its device tree node:
 *   lab,start-delay-ms   it probes this much later
 *   lab,slow-ms          probe_device of a client takes this long
 *   lab,register-early   it registers before it can serve (the ipmmu-vmsa pattern)
 *   lab,refuse           it refuses every client with -EINVAL
 * Module parameters: async=0: probed in the task that loads the module; unbind=1: it may be unbound by hand.
 */
#include <linux/delay.h>
#include <linux/iommu.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>

static bool async = true;
module_param(async, bool, 0444);
static bool unbind;
module_param(unbind, bool, 0444);

struct lab_iommu {
	struct iommu_device iommu;
	u32 slow_ms;
	bool refuse;
};

static int lab_attach(struct iommu_domain *domain, struct device *dev, struct iommu_domain *old)
{
	return 0;
}

static const struct iommu_domain_ops lab_domain_ops = { .attach_dev = lab_attach };
static struct iommu_domain lab_identity = { .type = IOMMU_DOMAIN_IDENTITY, .ops = &lab_domain_ops };
static struct iommu_domain lab_blocked = { .type = IOMMU_DOMAIN_BLOCKED, .ops = &lab_domain_ops };

static int lab_def_domain_type(struct device *dev)
{
	return IOMMU_DOMAIN_IDENTITY;
}

static bool lab_capable(struct device *dev, enum iommu_cap cap)
{
	return false;
}

static int lab_of_xlate(struct device *dev, const struct of_phandle_args *args)
{
	struct platform_device *pdev = of_find_device_by_node(args->np);

	if (!dev_iommu_priv_get(dev))
		dev_iommu_priv_set(dev, platform_get_drvdata(pdev));
	put_device(&pdev->dev);
	return iommu_fwspec_add_ids(dev, args->args, 1);
}

static struct iommu_device *lab_probe_device(struct device *dev)
{
	struct lab_iommu *lab = dev_iommu_priv_get(dev);

	if (!lab)
		return ERR_PTR(-ENODEV);
	if (lab->slow_ms)
		msleep(lab->slow_ms);
	if (lab->refuse) {
		dev_err(dev, "unsupported stream configuration\n");
		return ERR_PTR(-EINVAL);
	}
	return &lab->iommu;
}

static void lab_release_device(struct device *dev)
{
}

static const struct iommu_ops lab_ops = {
	.owner = THIS_MODULE,
	.identity_domain = &lab_identity,
	.blocked_domain = &lab_blocked,
	.release_domain = &lab_identity,
	.def_domain_type = lab_def_domain_type,
	.device_group = generic_device_group,
	.capable = lab_capable,
	.of_xlate = lab_of_xlate,
	.probe_device = lab_probe_device,
	.release_device = lab_release_device,
};

static int lab_iommu_probe(struct platform_device *pdev)
{
	struct device *dev = &pdev->dev;
	struct lab_iommu *lab = devm_kzalloc(dev, sizeof(*lab), GFP_KERNEL);
	bool early = of_property_read_bool(dev->of_node, "lab,register-early");
	u32 delay = 0;
	int error;

	if (!lab)
		return -ENOMEM;
	of_property_read_u32(dev->of_node, "lab,start-delay-ms", &delay);
	of_property_read_u32(dev->of_node, "lab,slow-ms", &lab->slow_ms);
	lab->refuse = of_property_read_bool(dev->of_node, "lab,refuse");
	msleep(delay);
	dev_info(dev, "probing hardware configuration...\n");
	error = iommu_device_sysfs_add(&lab->iommu, dev, NULL, "%s", dev_name(dev));
	if (error)
		return error;
	if (!early)
		platform_set_drvdata(pdev, lab);
	error = iommu_device_register(&lab->iommu, &lab_ops, dev);
	if (error) {
		dev_err(dev, "Failed to register iommu\n");
		iommu_device_sysfs_remove(&lab->iommu);
		return error;
	}
	platform_set_drvdata(pdev, lab);
	dev_info(dev, "registered\n");
	return 0;
}

static void lab_iommu_remove(struct platform_device *pdev)
{
	struct lab_iommu *lab = platform_get_drvdata(pdev);

	iommu_device_unregister(&lab->iommu);
	iommu_device_sysfs_remove(&lab->iommu);
}

static const struct of_device_id lab_iommu_ids[] = { { .compatible = "lab,iommu" }, {} };
MODULE_DEVICE_TABLE(of, lab_iommu_ids);

static struct platform_driver lab_iommu = {
	.probe = lab_iommu_probe,
	.remove = lab_iommu_remove,
	.driver = { .name = "labiommu", .of_match_table = lab_iommu_ids },
};

static int __init lab_iommu_init(void)
{
	lab_iommu.driver.probe_type = async ? PROBE_PREFER_ASYNCHRONOUS : PROBE_FORCE_SYNCHRONOUS;
	lab_iommu.driver.suppress_bind_attrs = !unbind;
	return platform_driver_register(&lab_iommu);
}
module_init(lab_iommu_init);

static void __exit lab_iommu_exit(void)
{
	platform_driver_unregister(&lab_iommu);
}
module_exit(lab_iommu_exit);
MODULE_DESCRIPTION("A toy IOMMU");
MODULE_LICENSE("GPL");
