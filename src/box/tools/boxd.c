/*
 * boxd: the virtual box's management channel, and its network namespaces.
 *
 *   boxd ns NAME             make the network namespace /var/run/netns/NAME; print the pid of a process
 *                            in it (interfaces are moved by pid), which ends at a signal
 *   boxd in NAME CMD...      run CMD in that namespace
 *   boxd serve NAME PORT     listen in that namespace on PORT and the next three; run commands in the namespace of
 *                            this process
 *
 * Why a separate namespace: no rule that is tested on the box can block this channel, because a socket stays in the
 * namespace where it was made, and no table of the box sees its packets.
 *
 * A session is four TCP connections, each opened with one line: "boxd SESSION ROLE\n" with ROLE control, in, out or
 * err. So stdout and stderr are separate, and binary data needs no framing. Each role has its own port: QEMU's forwarding
 * keeps the client's port number, and the host may use one number for two connections to different ports. With one port
 * on the box both would be the same connection (seen once in some 2 000 sessions). The control connection continues with
 * "NAMESPACE ARGC\n" (NAMESPACE "-" for the box itself) and ARGC words, each ended by a zero byte. boxd answers
 * "ready\n", and "exit STATUS\n" when the command itself has ended: its background processes
 * do not keep the session open. When the control connection ends before that, the command's process group gets
 * HUP, as at the end of an ssh session.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NETNS_DIR "/var/run/netns"
#define MAX_WORDS 512
#define MAX_REQUEST 131072      /* bytes of all words of a command together */
#define MAX_WAITING 64          /* connections of incomplete sessions */
#define WAITING_SECONDS 30

enum { CONTROL, IN, OUT, ERR, ROLES };
static const char *const role_names[ROLES] = { "control", "in", "out", "err" };

static void die(const char *what)
{
	fprintf(stderr, "boxd: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* ---- namespaces ---- */

static void netns_path(char *path, size_t size, const char *name)
{
	if (!*name || strchr(name, '/') || name[0] == '.') {
		errno = EINVAL;
		die(name);
	}
	snprintf(path, size, "%s/%s", NETNS_DIR, name);
}

static int enter_netns(const char *name)
{
	char path[128];
	int fd, rc;

	netns_path(path, sizeof path, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	rc = setns(fd, CLONE_NEWNET);
	close(fd);
	return rc;
}

/* The bind mount keeps the namespace after its first process has ended. */
static int make_netns(const char *name)
{
	char path[128], done;
	int ready[2], fd;
	pid_t pid;

	netns_path(path, sizeof path, name);
	mkdir(NETNS_DIR, 0755);
	fd = open(path, O_CREAT | O_WRONLY, 0444);
	if (fd < 0)
		die(path);
	close(fd);
	if (pipe(ready) || (pid = fork()) < 0)
		die("fork");
	if (pid == 0) {
		if (unshare(CLONE_NEWNET) || mount("/proc/self/ns/net", path, NULL, MS_BIND, NULL))
			die("unshare");
		for (fd = 0; fd <= 2; fd++)
			close(fd);
		if (write(ready[1], "1", 1) != 1)
			_exit(1);
		close(ready[1]);
		pause();
		_exit(0);
	}
	close(ready[1]);
	if (read(ready[0], &done, 1) != 1)
		return 1;
	printf("%d\n", (int)pid);
	return 0;
}

/* ---- one session ---- */

/* One direction of data. It ends at the end of its source, or when nobody reads its sink. */
struct pump {
	int from, to;
	size_t start, end;
	char data[16384];
};

static void pump_close(struct pump *p)
{
	if (p->from >= 0)
		close(p->from);
	if (p->to >= 0)
		close(p->to);
	p->from = p->to = -1;
	p->start = p->end = 0;
}

static int pump_open(const struct pump *p)
{
	return p->to >= 0;
}

/* Reads available data. Returns 0 if there was none. */
static int pump_fill(struct pump *p)
{
	ssize_t n = read(p->from, p->data, sizeof p->data);

	if (n > 0) {
		p->start = 0;
		p->end = n;
		return 1;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	pump_close(p);
	return 0;
}

static void pump_drain(struct pump *p)
{
	ssize_t n = write(p->to, p->data + p->start, p->end - p->start);

	if (n > 0)
		p->start += n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		pump_close(p);
}

static void pump_poll(const struct pump *p, struct pollfd *pf)
{
	pf->revents = 0;
	pf->events = 0;
	pf->fd = -1;
	if (!pump_open(p))
		return;
	pf->fd = p->start < p->end ? p->to : p->from;
	pf->events = p->start < p->end ? POLLOUT : POLLIN;
}

static int child_ended[2];      /* a byte arrives here when the command has ended */

static void on_child(int sig)
{
	int saved = errno;

	(void)sig;
	if (write(child_ended[1], "", 1) < 0)
		errno = 0;      /* full: a byte is there already */
	errno = saved;
}

static void nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void run_child(int fds[ROLES][2], const char *ns, char **words, int count)
{
	static char *shell[] = { "/bin/sh", "-c", NULL, NULL };
	int i;

	setsid();
	for (i = IN; i <= ERR; i++)
		dup2(fds[i][i == IN ? 0 : 1], i - IN);
	for (i = 3; i < 256; i++)
		close(i);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	if (strcmp(ns, "-") && enter_netns(ns))
		die(ns);
	shell[2] = words[0];
	if (count == 1)
		execv(shell[0], shell);
	else
		execvp(words[0], words);
	fprintf(stderr, "boxd: %s: %s\n", words[0], strerror(errno));
	_exit(127);
}

/* Reads "NAMESPACE ARGC\n" and the words. Returns the number of words, or -1 if malformed. */
static int read_request(int fd, char *text, char *ns, char **words)
{
	size_t used = 0, at;
	int count = 0, seen = 0, i;
	char *line_end = NULL, *p;
	ssize_t n;

	while (!line_end || seen < count) {
		n = read(fd, text + used, MAX_REQUEST - used);
		if (n <= 0)
			return -1;
		at = used;
		used += n;
		if (!line_end) {
			line_end = memchr(text, '\n', used);
			if (!line_end)
				continue;
			*line_end = 0;
			if (sscanf(text, "%31s %d", ns, &count) != 2 || count < 1 || count > MAX_WORDS)
				return -1;
			at = line_end + 1 - text;
		}
		for (; at < used; at++)
			seen += text[at] == 0;
	}
	for (i = 0, p = line_end + 1; i < count; i++, p += strlen(p) + 1)
		words[i] = p;
	words[count] = NULL;
	return count;
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Copies data until the command has ended and all its output is sent. Returns its wait status. */
static int pump_all(int control, struct pump pumps[ROLES], pid_t child)
{
	struct pollfd pf[ROLES + 1];
	int i, ended = 0, status = 0, left;
	char c;

	for (;;) {
		pf[CONTROL] = (struct pollfd){ .fd = control, .events = POLLIN };
		for (i = IN; i <= ERR; i++)
			pump_poll(&pumps[i], &pf[i]);
		pf[ROLES] = (struct pollfd){ .fd = ended ? -1 : child_ended[0], .events = POLLIN };
		if (poll(pf, ROLES + 1, ended ? 0 : -1) < 0 && errno != EINTR)
			die("poll");
		if (pf[CONTROL].revents && read(control, &c, 1) <= 0) {
			kill(-child, SIGHUP);
			kill(-child, SIGCONT);
			_exit(1);
		}
		if (pf[ROLES].revents && waitpid(child, &status, WNOHANG) == child) {
			ended = 1;
			pump_close(&pumps[IN]);
		}
		for (i = IN, left = 0; i <= ERR; i++) {
			struct pump *p = &pumps[i];

			if (pump_open(p) && p->start < p->end)
				pump_drain(p);
			if (pump_open(p) && p->start >= p->end)
				left += pump_fill(p);
			else
				left += pump_open(p);
		}
		if (ended && !left)
			return status;
		if (ended)
			usleep(1000);   /* the client reads slowly; the rest is already in memory */
	}
}

static void session(int conns[ROLES])
{
	static struct pump pumps[ROLES];
	static char text[MAX_REQUEST];
	char ns[32], answer[32];
	char *words[MAX_WORDS + 1];
	int fds[ROLES][2], i, count, status;
	pid_t child;

	count = read_request(conns[CONTROL], text, ns, words);
	if (count < 0)
		_exit(1);
	if (pipe2(child_ended, O_CLOEXEC | O_NONBLOCK))
		die("pipe");
	signal(SIGCHLD, on_child);
	for (i = IN; i <= ERR; i++)
		if (pipe(fds[i]))
			die("pipe");
	child = fork();
	if (child < 0)
		die("fork");
	if (child == 0)
		run_child(fds, ns, words, count);
	for (i = IN; i <= ERR; i++) {
		int own = i == IN ? 1 : 0;

		close(fds[i][1 - own]);
		pumps[i].from = i == IN ? conns[IN] : fds[i][0];
		pumps[i].to = i == IN ? fds[IN][1] : conns[i];
		nonblocking(pumps[i].from);
		nonblocking(pumps[i].to);
	}
	if (write(conns[CONTROL], "ready\n", 6) != 6)
		kill(-child, SIGHUP);
	status = pump_all(conns[CONTROL], pumps, child);
	for (i = IN; i <= ERR; i++)
		pump_close(&pumps[i]);
	snprintf(answer, sizeof answer, "exit %d\n", exit_status(status));
	_exit(write(conns[CONTROL], answer, strlen(answer)) < 0);
}

/* ---- the server ---- */

/* A connection whose session is not complete yet. */
struct waiting {
	int fd, role;           /* role -1: its first line has not been read to the end */
	time_t since;
	size_t used;
	char line[64], id[33];
};

static struct waiting waiting[MAX_WAITING];

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void drop(struct waiting *w)
{
	close(w->fd);
	w->fd = -1;
}

/* Byte by byte, so that nothing after the line is read. Returns 1 when the line is complete and valid. */
static int read_hello(struct waiting *w)
{
	char role[16];
	int i;

	for (;;) {
		ssize_t n = recv(w->fd, w->line + w->used, 1, MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0 || w->used + 1 >= sizeof w->line)
			break;
		if (w->line[w->used++] != '\n')
			continue;
		w->line[w->used - 1] = 0;
		if (sscanf(w->line, "boxd %32s %15s", w->id, role) != 2)
			break;
		for (i = 0; i < ROLES; i++)
			if (!strcmp(role, role_names[i])) {
				w->role = i;
				return 1;
			}
		break;
	}
	drop(w);
	return 0;
}

/* Starts the session of this connection if it has all four. */
static void try_session(const struct waiting *newest, const struct pollfd *listeners)
{
	struct waiting *found[ROLES] = { NULL };
	int i, conns[ROLES];

	for (i = 0; i < MAX_WAITING; i++)
		if (waiting[i].fd >= 0 && waiting[i].role >= 0 && !strcmp(waiting[i].id, newest->id))
			found[waiting[i].role] = &waiting[i];
	for (i = 0; i < ROLES; i++)
		if (!found[i])
			return;
	if (fork() == 0) {
		for (i = 0; i < ROLES; i++)
			conns[i] = dup(found[i]->fd);
		for (i = 0; i < MAX_WAITING; i++)
			if (waiting[i].fd >= 0)
				close(waiting[i].fd);
		for (i = 0; i < ROLES; i++)
			close(listeners[i].fd);
		session(conns);
	}
	for (i = 0; i < ROLES; i++)
		drop(found[i]);
}

static void accept_one(int listener)
{
	int i, one = 1, fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (i = 0; i < MAX_WAITING; i++)
		if (waiting[i].fd < 0) {
			waiting[i] = (struct waiting){ .fd = fd, .role = -1, .since = now() };
			return;
		}
	close(fd);
}

static int listen_in(const char *ns, int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd, one = 1;

	if (home < 0 || enter_netns(ns))
		die(ns);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof addr) || listen(fd, 64))
		die("listen");
	if (setns(home, CLONE_NEWNET))
		die("setns");
	close(home);
	return fd;
}

static _Noreturn void serve(const char *ns, int port)
{
	struct pollfd pf[MAX_WAITING + ROLES], *listeners = pf + MAX_WAITING;
	int i;

	for (i = 0; i < ROLES; i++)
		listeners[i] = (struct pollfd){ .fd = listen_in(ns, port + i), .events = POLLIN };

	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < MAX_WAITING; i++)
		waiting[i].fd = -1;
	for (;;) {
		for (i = 0; i < MAX_WAITING; i++)
			pf[i] = (struct pollfd){ .fd = waiting[i].role < 0 ? waiting[i].fd : -1, .events = POLLIN };
		if (poll(pf, MAX_WAITING + ROLES, 1000 * WAITING_SECONDS) < 0)
			continue;
		for (i = 0; i < MAX_WAITING; i++) {
			if (waiting[i].fd >= 0 && pf[i].revents && read_hello(&waiting[i]))
				try_session(&waiting[i], listeners);
			if (waiting[i].fd >= 0 && now() - waiting[i].since > WAITING_SECONDS)
				drop(&waiting[i]);
		}
		for (i = 0; i < ROLES; i++)
			if (listeners[i].revents)
				accept_one(listeners[i].fd);
	}
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "ns"))
		return make_netns(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "serve"))
		serve(argv[2], atoi(argv[3]));
	if (argc >= 4 && !strcmp(argv[1], "in")) {
		if (enter_netns(argv[2]))
			die(argv[2]);
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	fprintf(stderr, "usage: boxd ns NAME | in NAME CMD... | serve NAME PORT\n");
	return 2;
}
