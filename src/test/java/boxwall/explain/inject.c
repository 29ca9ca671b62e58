/*
 * Sends packets for tests. Each line of stdin is a packet; a line on stdout reports the result of sending it:
 *   P lanp 0200...   an Ethernet frame on an interface (it arrives at the other end of its veth pair)
 *   4 4500...        an IPv4 packet with its header, sent by this machine: it passes OUTPUT
 *   6 6000...        the same for IPv6
 * Packets sent by this machine have the mark 0x1000, so that a rule can distinguish them from the kernel's own replies.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int raw(int family)
{
	int mark = 0x1000;
	int s = socket(family, SOCK_RAW, IPPROTO_RAW);

	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_MARK, &mark, sizeof mark))
		perror("raw socket");
	return s;
}

static size_t unhex(const char *text, unsigned char *to)
{
	size_t n = 0;
	unsigned byte;

	while (sscanf(text + 2 * n, "%2x", &byte) == 1)
		to[n++] = byte;
	return n;
}

int main(void)
{
	static char line[8192];
	static unsigned char bytes[4096];
	int packet = socket(AF_PACKET, SOCK_RAW, htons(0x88b5));
	int four = raw(AF_INET), six = raw(AF_INET6);

	while (fgets(line, sizeof line, stdin)) {
		char device[IF_NAMESIZE] = "";
		struct sockaddr_ll ll = { .sll_family = AF_PACKET };
		struct sockaddr_in in = { .sin_family = AF_INET };
		struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
		ssize_t sent;
		size_t n;

		if (line[0] == 'P') {
			sscanf(line, "P %15s", device);
			n = unhex(line + 3 + strlen(device), bytes);
			ll.sll_ifindex = if_nametoindex(device);
			sent = sendto(packet, bytes, n, 0, (struct sockaddr *)&ll, sizeof ll);
		} else if (line[0] == '4') {
			n = unhex(line + 2, bytes);
			memcpy(&in.sin_addr, bytes + 16, 4);
			sent = sendto(four, bytes, n, 0, (struct sockaddr *)&in, sizeof in);
		} else {
			n = unhex(line + 2, bytes);
			memcpy(&in6.sin6_addr, bytes + 24, 16);
			sent = sendto(six, bytes, n, 0, (struct sockaddr *)&in6, sizeof in6);
		}
		printf("%s\n", sent == (ssize_t)n ? "ok" : strerror(errno));
		fflush(stdout);
	}
	return 0;
}
