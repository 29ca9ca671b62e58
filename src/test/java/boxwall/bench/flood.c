/*
 * Sends frames repeatedly, as fast as the kernel accepts them: flood COUNT <FRAMES, one per line: "lanp 0200…".
 * Prints the nanoseconds of processor time. The other end of a veth pair receives, filters and forwards within the call, so the time includes
 * this, but no other work of the machine.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define FRAMES 4096
#define BATCH 32

static unsigned char bytes[FRAMES][160];
static struct sockaddr_ll to[FRAMES];
static struct iovec part[FRAMES];
static struct mmsghdr message[FRAMES];

int main(int argc, char **argv)
{
	static char line[1024];
	long count = argc > 1 ? atol(argv[1]) : 0, sent = 0;
	int s = socket(AF_PACKET, SOCK_RAW, 0);
	int frames = 0;
	struct timespec a, b;
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof one, &one);
	while (frames < FRAMES && fgets(line, sizeof line, stdin)) {
		char device[IF_NAMESIZE];
		char *hex;
		size_t n = 0;
		unsigned byte;

		if (sscanf(line, "%15s", device) != 1)
			continue;
		hex = line + strlen(device) + 1;
		while (n < sizeof bytes[0] && sscanf(hex + 2 * n, "%2x", &byte) == 1)
			bytes[frames][n++] = byte;
		to[frames].sll_family = AF_PACKET;
		to[frames].sll_ifindex = if_nametoindex(device);
		part[frames].iov_base = bytes[frames];
		part[frames].iov_len = n;
		message[frames].msg_hdr.msg_name = &to[frames];
		message[frames].msg_hdr.msg_namelen = sizeof to[frames];
		message[frames].msg_hdr.msg_iov = &part[frames];
		message[frames].msg_hdr.msg_iovlen = 1;
		frames++;
	}
	frames -= frames % BATCH;
	if (!frames || s < 0)
		return 1;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
	while (sent < count) {
		int n = sendmmsg(s, message + sent % frames, BATCH, 0);

		if (n != BATCH) {
			perror("sendmmsg");
			return 1;
		}
		sent += n;
	}
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
	printf("%ld\n", (b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec);
	return 0;
}
