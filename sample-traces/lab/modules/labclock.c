// SPDX-License-Identifier: GPL-2.0
/* The clock that the SMMU of the device tree waits for: loaded late, it lets the SMMU probe long after its clients bound. */
#include <linux/clk-provider.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static int lab_clock_probe(struct platform_device *pdev)
{
	struct clk_hw *hw = devm_clk_hw_register_fixed_rate(&pdev->dev, "lab-clk", NULL, 0, 100000000);

	if (IS_ERR(hw))
		return PTR_ERR(hw);
	return devm_of_clk_add_hw_provider(&pdev->dev, of_clk_hw_simple_get, hw);
}

static const struct of_device_id lab_clock_ids[] = { { .compatible = "lab,clk" }, {} };
MODULE_DEVICE_TABLE(of, lab_clock_ids);

static struct platform_driver lab_clock = {
	.probe = lab_clock_probe,
	.driver = { .name = "labclock", .of_match_table = lab_clock_ids },
};
module_platform_driver(lab_clock);
MODULE_DESCRIPTION("A late clock");
MODULE_LICENSE("GPL");
