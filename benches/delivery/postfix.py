"""A real Postfix on loopback, from the distribution's package, with its own folders. Needs root, because Postfix does."""

import collections
import mailbox
import os
import pwd
import shutil
import subprocess
import time

from cluster import free_port

MAIN = """
compatibility_level = 2
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = {commands}
daemon_directory = {daemons}
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.example.org
mydestination =
smtputf8_enable = yes
virtual_mailbox_domains = example.com
virtual_mailbox_base = {folder}
virtual_mailbox_maps = static:mails/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_client_connection_rate_limit = 0
smtpd_recipient_restrictions = check_recipient_access regexp:{folder}/refused, reject_unauth_destination
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
# Reconfigurations that an administrator might make under load, and the answer that clients get meanwhile.
MOODS = {
    "maintenance": "smtpd_delay_reject = no\nsmtpd_client_restrictions = check_client_access static:{554 5.3.2 maintenance}",
    "deferring": "smtpd_client_restrictions = defer",
    "policy": "smtpd_client_restrictions = check_client_access static:{550 5.7.1 refused by policy}",
    "well": "",
}


class Postfix:
    """A Postfix instance. Use as a context manager."""

    def __init__(self, folder):
        self.folder, self.port = os.path.join(folder, "postfix"), free_port()

    @staticmethod
    def why_not():
        """Returns why Postfix cannot run here, or None if it can."""
        if not shutil.which("postfix"):
            return "Postfix is not installed"
        return None if os.geteuid() == 0 else "Postfix starts as root only"

    def __enter__(self):
        owner = pwd.getpwnam("postfix")
        for name, uid in (("", 0), ("config", 0), ("queue", 0), ("data", owner.pw_uid), ("mails", owner.pw_uid)):
            os.mkdir(os.path.join(self.folder, name), 0o755)
            os.chown(os.path.join(self.folder, name), uid, owner.pw_gid if uid else 0)
        daemons = subprocess.check_output(["postconf", "-d", "-h", "daemon_directory"], text=True).strip()
        self.main = MAIN.format(folder=self.folder, uid=owner.pw_uid, gid=owner.pw_gid, daemons=daemons,
                                commands=os.path.dirname(shutil.which("postfix")))
        self.write("refused", "/^gone/ 550 5.1.1 no such mailbox\n")
        self.write("config/master.cf", MASTER.format(port=self.port))
        self.write("config/main.cf", self.main)
        self.run("start")
        return self

    def __exit__(self, *_):
        self.run("stop")

    def be(self, mood):
        """Applies one of MOODS."""
        self.write("config/main.cf", self.main + MOODS[mood] + "\n")
        self.run("reload")

    def restart(self, away):
        """Aborts its processes and starts it again after `away` seconds."""
        self.run("abort")
        time.sleep(away)
        self.run("start")

    def mails(self):
        """Returns how many copies of each Message-ID were delivered."""
        folder = mailbox.Maildir(os.path.join(self.folder, "mails"), create=False)
        return collections.Counter(mail["Message-ID"].strip("<>").split("@")[0] for mail in folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(path + ".new", path)

    def run(self, command):
        done = subprocess.run(["postfix", "-c", os.path.join(self.folder, "config"), command], capture_output=True, text=True)
        if done.returncode:
            log = os.path.join(self.folder, "log")
            raise SystemExit(f"postfix {command}: {done.stderr}" + (open(log).read()[-2000:] if os.path.exists(log) else ""))
