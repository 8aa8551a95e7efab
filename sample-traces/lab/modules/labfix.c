// SPDX-License-Identifier: GPL-2.0
/*
 * Candidate fix P1 on a stock kernel (docs/fixes): while the registration's walk visits a device, a bind of it that found no
 * group is deferred. In 7.3.4, drivers/iommu/iommu.c:
 *   probe_iommu_group()                1804  the visit: its device is marked from entry to return
 *   iommu_device_use_default_domain()  3315  returns 0 where it finds no group, and takes no reference then: returning
 *                                            -EPROBE_DEFER in its place leaves nothing behind
 * Without `on` everything is counted and nothing is changed: the control.
 */
#include <linux/atomic.h>
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/ptrace.h>

static bool on;
module_param(on, bool, 0444);
MODULE_PARM_DESC(on, "defer the binds that the fix would defer");

static int counter_get(char *buffer, const struct kernel_param *param)
{
	return sysfs_emit(buffer, "%d\n", atomic_read((atomic_t *)param->arg));
}

static const struct kernel_param_ops counter_ops = { .get = counter_get };
static atomic_t visits, asked, early, deferred, missed;
/* Visits of the walk, binds that asked for their domain, those that a visit had left without one, what was done about them, and
 * calls that no slot was free for. */
module_param_cb(visits, &counter_ops, &visits, 0444);
module_param_cb(asked, &counter_ops, &asked, 0444);
module_param_cb(early, &counter_ops, &early, 0444);
module_param_cb(deferred, &counter_ops, &deferred, 0444);
module_param_cb(missed, &counter_ops, &missed, 0444);

/* Devices that are visited right now: one a registration, and a lab has few at a time. */
static struct device *visited[16];

static bool is_visited(struct device *dev)
{
	int n;

	for (n = 0; n < ARRAY_SIZE(visited); n++)
		if (smp_load_acquire(&visited[n]) == dev)
			return true;
	return false;
}

struct visit {
	int slot;
};

static int visit_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct visit *visit = (struct visit *)instance->data;
	struct device *dev = (struct device *)regs_get_kernel_argument(regs, 0);

	atomic_inc(&visits);
	for (visit->slot = 0; visit->slot < ARRAY_SIZE(visited); visit->slot++)
		if (!cmpxchg(&visited[visit->slot], NULL, dev))
			return 0;
	atomic_inc(&missed);
	return 1;
}

static int visit_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct visit *visit = (struct visit *)instance->data;

	/* Whoever sees the mark gone sees the group. */
	smp_store_release(&visited[visit->slot], NULL);
	return 0;
}

static struct kretprobe visit_probe = {
	.kp.symbol_name = "probe_iommu_group",
	.entry_handler = visit_begins,
	.handler = visit_ends,
	.data_size = sizeof(struct visit),
	/* A visit sleeps. */
	.maxactive = 64,
};

struct use {
	struct device *dev;
	bool had_group;
};

static int use_begins(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct use *use = (struct use *)instance->data;

	use->dev = (struct device *)regs_get_kernel_argument(regs, 0);
	use->had_group = READ_ONCE(use->dev->iommu_group);
	atomic_inc(&asked);
	return 0;
}

static int use_ends(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct use *use = (struct use *)instance->data;

	if (regs_return_value(regs) || use->had_group)
		return 0;
	/* Visited now, or the group came while we asked. */
	if (!is_visited(use->dev) && !READ_ONCE(use->dev->iommu_group))
		return 0;
	atomic_inc(&early);
	if (!on)
		return 0;
	regs_set_return_value(regs, (unsigned long)(long)-EPROBE_DEFER);
	atomic_inc(&deferred);
	return 0;
}

static struct kretprobe use_probe = {
	.kp.symbol_name = "iommu_device_use_default_domain",
	.entry_handler = use_begins,
	.handler = use_ends,
	.data_size = sizeof(struct use),
	.maxactive = 64,
};

static int __init labfix_init(void)
{
	int error = register_kretprobe(&visit_probe);

	if (error)
		return error;
	error = register_kretprobe(&use_probe);
	if (error)
		unregister_kretprobe(&visit_probe);
	else
		pr_info("labfix: %s\n", on ? "on" : "off, counting only");
	return error;
}

static void __exit labfix_exit(void)
{
	unregister_kretprobe(&use_probe);
	unregister_kretprobe(&visit_probe);
	pr_info("labfix: %d calls were not seen\n", visit_probe.nmissed + use_probe.nmissed);
}

module_init(labfix_init);
module_exit(labfix_exit);
MODULE_DESCRIPTION("Candidate fix P1, as return probes");
MODULE_LICENSE("GPL");
