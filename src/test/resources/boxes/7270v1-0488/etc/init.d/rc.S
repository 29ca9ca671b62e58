echo AVM_PRINTK > /dev/debug
