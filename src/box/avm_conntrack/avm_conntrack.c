// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stand-in for the two parts of AVM's kernel that disturb a firewall.
 *
 * It exports symbols of netfilter's connection tracking, so the kernel refuses nf_conntrack with "exports duplicate
 * symbol". And it provides /proc/net/avm_pa/{control,brief,status} in the format of AVM PA 4.1.4 (label padded to 15
 * characters, then ": value"); like AVM's, it accepts any command without an error.
 *
 * It accelerates nothing: no packet bypasses netfilter. "Sessions" is a number that only `flush` and `disable` change
 * (to 0), so that a test can see that the flush arrived. With 1 in /sys/module/avm_conntrack/parameters/refuse commands
 * have no effect, and still no error.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#define MAX_COMMAND 100		/* bytes per write, AVM's limit */

int nf_conntrack_locks;
EXPORT_SYMBOL(nf_conntrack_locks);

void *nf_conntrack_find_get(void);
void *nf_conntrack_find_get(void)
{
	return NULL;
}
EXPORT_SYMBOL(nf_conntrack_find_get);

static DEFINE_MUTEX(pa_lock);
static const char *pa_state = "enabled";
static unsigned int pa_sessions = 7;
static bool refuse;
module_param(refuse, bool, 0644);
static struct proc_dir_entry *pa_dir;

static int brief_show(struct seq_file *m, void *v)
{
	seq_puts(m, "Version        : 4.1.4 2013-11-27\n");
	seq_printf(m, "State          : %s\n", pa_state);
	seq_puts(m, "BSessions      : 0\n");
	seq_printf(m, "Sessions       : %u\n", pa_sessions);
	seq_puts(m, "Max Sessions   : 7\n");
	seq_puts(m, "Sessions (dead): 0\n");
	seq_printf(m, "Sessions (free): %u\n", 255 - pa_sessions);
	seq_puts(m, "Queuelen       : 0\n");
	return 0;
}

static int status_show(struct seq_file *m, void *v)
{
	seq_printf(m, "State          : %s\n", pa_state);
	seq_puts(m, "Loadcontrol    : idle\n");
	seq_puts(m, "IDLE mswin     : 10 50\n");
	seq_puts(m, "IRQ mswin      : 300 400\n");
	seq_puts(m, "TelephonyReduce: 65\n");
	seq_puts(m, "Maxrate        : 5000\n");
	seq_puts(m, "TBF            : disabled\n");
	return 0;
}

static void command(const char *word)
{
	if (refuse) {
		pr_info("avm_pa_write_cmds: %s: unknown command\n", word);
	} else if (!strcmp(word, "enable")) {
		pa_state = "enabled";
	} else if (!strcmp(word, "testmode")) {
		pa_state = "testmode";
	} else if (!strcmp(word, "disable")) {
		pa_state = "disabled";
		pa_sessions = 0;
	} else if (!strcmp(word, "flush")) {
		pa_sessions = 0;
	} else {
		pr_info("avm_pa_write_cmds: %s: unknown command\n", word);
	}
}

/* Only the first word counts; after a leading blank it is empty and unknown, as on a box. */
static ssize_t control_write(struct file *file, const char __user *from, size_t size, loff_t *pos)
{
	char text[MAX_COMMAND + 1];

	if (size > MAX_COMMAND)
		return -EINVAL;
	if (copy_from_user(text, from, size))
		return -EFAULT;
	text[size] = 0;
	text[strcspn(text, " \t\r\n")] = 0;
	mutex_lock(&pa_lock);
	command(text);
	mutex_unlock(&pa_lock);
	return size;
}

static const struct proc_ops control_ops = { .proc_write = control_write };

static int __init avm_conntrack_init(void)
{
	pa_dir = proc_mkdir("avm_pa", init_net.proc_net);
	if (!pa_dir)
		return -ENOMEM;
	proc_create("control", 0200, pa_dir, &control_ops);
	proc_create_single("brief", 0444, pa_dir, brief_show);
	proc_create_single("status", 0444, pa_dir, status_show);
	pr_info("AVM PA 4.1.4 2013-11-27\n");
	return 0;
}

static void __exit avm_conntrack_exit(void)
{
	proc_remove(pa_dir);
}

module_init(avm_conntrack_init);
module_exit(avm_conntrack_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Stand-in for AVM's connection tracking symbols and Packet Acceleration files");
