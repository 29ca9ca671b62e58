// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The worst case of a plan: the kernel panics when this module is loaded. With panic=1 on its command line the box reboots
 * a second later, as a FRITZ!Box does after a crash.
 */
#include <linux/kernel.h>
#include <linux/module.h>

static int __init box_panic_init(void)
{
	panic("box_panic was loaded");
}
module_init(box_panic_init);

MODULE_DESCRIPTION("stops the kernel when it is loaded");
MODULE_LICENSE("GPL");
