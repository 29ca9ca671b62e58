echo STD_PRINTK > /dev/debug
