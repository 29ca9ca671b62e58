/*
 * boxnet: a network client and server for the virtual box's peers. Addresses are numeric, IPv4 or IPv6.
 *
 *   boxnet tcp FROM TO PORT [SECONDS]              connect; prints open, refused, unreachable or silent
 *   boxnet udp FROM TO PORT TEXT [SECONDS]         send; prints "answer TEXT", refused, unreachable or silent
 *   boxnet listen tcp|udp ADDRESS PORT [SECONDS]   print "FROM PORT TEXT" for each message, send the text back
 *   boxnet forge FROM FROMPORT TO PORT FLAGS       send one TCP segment over IPv4 with any source address; prints
 *                                                  nothing. FLAGS of S A F R P U, "-" for none
 *
 * FROM is an address of this machine, "-" for the kernel's choice, ADDRESS%PORT for a port too. SECONDS: default 3, for
 * listen no limit. Status: 0 open, answered or sent; 1 another result; 2 usage.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SECONDS 3

static void die(const char *what)
{
	fprintf(stderr, "boxnet: %s: %s\n", what, strerror(errno));
	exit(2);
}

static struct addrinfo *address(const char *host, const char *port, int type)
{
	struct addrinfo hints = { .ai_socktype = type, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE }, *found;

	if (getaddrinfo(host, port, &hints, &found)) {
		fprintf(stderr, "boxnet: %s %s: need a numeric address and a port\n", host, port);
		exit(2);
	}
	return found;
}

/* A socket bound to FROM, for the family of `to`. */
static int socket_from(const char *from, const struct addrinfo *to)
{
	int fd = socket(to->ai_family, to->ai_socktype, 0), one = 1;
	char host[64], *port;
	struct addrinfo *own;

	if (fd < 0)
		die("socket");
	if (!strcmp(from, "-"))
		return fd;
	snprintf(host, sizeof host, "%s", from);
	port = strchr(host, '%');
	if (port)
		*port++ = 0;
	own = address(host, port ? port : "0", to->ai_socktype);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(fd, own->ai_addr, own->ai_addrlen))
		die(from);
	return fd;
}

static int readable_within(int fd, short events, int seconds)
{
	struct pollfd pf = { .fd = fd, .events = events };

	return poll(&pf, 1, seconds * 1000) > 0;
}

/* Prints the result; returns 0 if the other side answered. */
static int result(int error, const char *good)
{
	switch (error) {
	case 0:
		puts(good);
		return 0;
	case ECONNREFUSED:
	case ECONNRESET:
		puts("refused");
		return 1;
	case EAGAIN:
	case ETIMEDOUT:
		puts("silent");
		return 1;
	default:        /* no route, or an ICMP error that says so */
		puts("unreachable");
		return 1;
	}
}

static int tcp(const char *from, const char *host, const char *port, int seconds)
{
	struct addrinfo *to = address(host, port, SOCK_STREAM);
	int fd = socket_from(from, to), error = 0;
	socklen_t size = sizeof error;
	struct timeval limit = { .tv_sec = seconds };

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (connect(fd, to->ai_addr, to->ai_addrlen))
		error = errno == EINPROGRESS ? EAGAIN : errno;
	else
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
	return result(error, "open");
}

static int udp(const char *from, const char *host, const char *port, const char *text, int seconds)
{
	struct addrinfo *to = address(host, port, SOCK_DGRAM);
	int fd = socket_from(from, to);
	char answer[1500] = "answer ";
	ssize_t n;

	if (connect(fd, to->ai_addr, to->ai_addrlen) || send(fd, text, strlen(text), 0) < 0)
		return result(errno, "");
	if (!readable_within(fd, POLLIN, seconds))
		return result(EAGAIN, "");
	n = recv(fd, answer + 7, sizeof answer - 8, 0);
	if (n < 0)
		return result(errno, "");
	answer[7 + n] = 0;
	return result(0, answer);
}

static void print_from(const struct sockaddr_storage *from, socklen_t size, const char *text)
{
	char host[64], port[8];

	getnameinfo((const struct sockaddr *)from, size, host, sizeof host, port, sizeof port,
		NI_NUMERICHOST | NI_NUMERICSERV);
	printf("%s %s %s\n", host, port, text);
	fflush(stdout);
}

/* Prints and sends back one message. A TCP connection without data for a second is printed without text. */
static void echo(int listener, int type)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof from;
	char text[1500];
	ssize_t n = 0;
	int fd = listener;

	if (type == SOCK_STREAM) {
		fd = accept(listener, (struct sockaddr *)&from, &size);
		if (fd < 0)
			return;
		if (readable_within(fd, POLLIN, 1))
			n = recv(fd, text, sizeof text - 1, 0);
	} else {
		n = recvfrom(fd, text, sizeof text - 1, 0, (struct sockaddr *)&from, &size);
	}
	if (n < 0)
		n = 0;
	text[n] = 0;
	print_from(&from, size, text);
	if (type == SOCK_STREAM) {
		if (n > 0)
			send(fd, text, n, MSG_NOSIGNAL);
		close(fd);
	} else {
		sendto(fd, text, n, 0, (struct sockaddr *)&from, size);
	}
}

static _Noreturn void listen_on(const char *kind, const char *host, const char *port, int seconds)
{
	int type = strcmp(kind, "udp") ? SOCK_STREAM : SOCK_DGRAM, one = 1, fd;
	struct addrinfo *at = address(host, port, type);

	fd = socket(at->ai_family, type, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (at->ai_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
	if (fd < 0 || bind(fd, at->ai_addr, at->ai_addrlen) || (type == SOCK_STREAM && listen(fd, 16)))
		die("listen");
	if (seconds)
		alarm(seconds);
	for (;;)
		echo(fd, type);
}

/* The Internet checksum of RFC 1071. */
static unsigned short checksum(const void *data, size_t size)
{
	const unsigned char *p = data;
	unsigned long sum = 0;
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum & 0xffff);
}

static int flag_bits(const char *flags)
{
	static const char letters[] = "FSRPAU";       /* from bit 0 on */
	int bits = 0;

	for (; *flags && *flags != '-'; flags++) {
		const char *at = strchr(letters, *flags);

		if (!at) {
			fprintf(stderr, "boxnet: flag %c: use some of %s\n", *flags, letters);
			exit(2);
		}
		bits |= 1 << (at - letters);
	}
	return bits;
}

static int forge(const char *from, int from_port, const char *to, int port, const char *flags)
{
	struct { struct iphdr ip; struct tcphdr tcp; } packet = { 0 };
	struct { unsigned int from, to; unsigned char zero, protocol; unsigned short size; struct tcphdr tcp; } sum = { 0 };
	struct sockaddr_in target = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (inet_pton(AF_INET, from, &packet.ip.saddr) != 1 || inet_pton(AF_INET, to, &packet.ip.daddr) != 1) {
		fprintf(stderr, "boxnet: forge needs two IPv4 addresses\n");
		return 2;
	}
	packet.ip.version = 4;
	packet.ip.ihl = 5;
	packet.ip.ttl = 64;
	packet.ip.protocol = IPPROTO_TCP;       /* the kernel fills in length, id and checksum */
	packet.tcp.source = htons(from_port);
	packet.tcp.dest = htons(port);
	packet.tcp.seq = htonl(1000);
	packet.tcp.doff = 5;
	packet.tcp.window = htons(1024);
	((unsigned char *)&packet.tcp)[13] = flag_bits(flags);
	sum.from = packet.ip.saddr;
	sum.to = packet.ip.daddr;
	sum.protocol = IPPROTO_TCP;
	sum.size = htons(sizeof packet.tcp);
	sum.tcp = packet.tcp;
	packet.tcp.check = checksum(&sum, sizeof sum);
	target.sin_addr.s_addr = packet.ip.daddr;
	if (fd < 0 || sendto(fd, &packet, sizeof packet, 0, (struct sockaddr *)&target, sizeof target) < 0)
		die("forge");
	return 0;
}

static int seconds_at(int argc, char **argv, int at, int otherwise)
{
	return argc > at ? atoi(argv[at]) : otherwise;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "tcp") && argc >= 5)
		return tcp(argv[2], argv[3], argv[4], seconds_at(argc, argv, 5, SECONDS));
	if (!strcmp(verb, "udp") && argc >= 6)
		return udp(argv[2], argv[3], argv[4], argv[5], seconds_at(argc, argv, 6, SECONDS));
	if (!strcmp(verb, "listen") && argc >= 5)
		listen_on(argv[2], argv[3], argv[4], seconds_at(argc, argv, 5, 0));
	if (!strcmp(verb, "forge") && argc == 7)
		return forge(argv[2], atoi(argv[3]), argv[4], atoi(argv[5]), argv[6]);
	fprintf(stderr, "usage: boxnet tcp|udp|listen|forge ...\n");
	return 2;
}
