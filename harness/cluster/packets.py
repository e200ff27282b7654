"""
Packets that are dropped in one network namespace, and pass again: scripts for the shell of a node.

The rules are ours alone, in a table of their own where there is nft, else in a chain of their own: to undo them is to
remove it. kind's nodes have nft since v0.23, minikube's have only iptables.
"""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["PASS_ALL", "SLOWED", "dropping_all_through", "dropping_from"]

_TABLE = "inet statefulspec"
_CHAIN = "statefulspec"
_HOOKS = ("input", "forward", "output")
SLOWED = "tbf burst 1600 latency 60s rate"
"""What lets packets wait for their turn, up to a minute; one of the usual size is never too large to pass."""

PASS_ALL = f"""
if command -v nft >/dev/null; then
  exec nft 'add table {_TABLE}; delete table {_TABLE}'
fi
for tables in iptables ip6tables; do
  if $tables -w -n -L {_CHAIN} >/dev/null 2>&1; then
    for hook in INPUT FORWARD OUTPUT; do
      if $tables -w -C $hook -j {_CHAIN} 2>/dev/null; then $tables -w -D $hook -j {_CHAIN}; fi
    done
    $tables -w -F {_CHAIN} && $tables -w -X {_CHAIN} || exit
  fi
done
"""
"""Removes the rules; nothing happens where there are none."""


def dropping_from(sources: Collection[str]) -> str:
    """Return the script that drops what comes from these addresses; without one, all but what comes from inside."""
    if not sources:
        return _dropping(_HOOKS[:1], [('iif != "lo"', "! -i lo", ("iptables", "ip6tables"))])
    return _dropping(_HOOKS[:1], [_from(source) for source in sources])


def dropping_all_through(link: str) -> str:
    """Return the script that drops what comes or goes through a link."""
    both = ("iptables", "ip6tables")
    return _dropping(_HOOKS, [(f'iifname "{link}"', f"-i {link}", both), (f'oifname "{link}"', f"-o {link}", both)])


def _from(source: str) -> tuple[str, str, tuple[str, ...]]:
    if ":" in source:
        return f"ip6 saddr {source}", f"-s {source}", ("ip6tables",)
    return f"ip saddr {source}", f"-s {source}", ("iptables",)


def _dropping(hooks: Collection[str], conditions: Collection[tuple[str, str, tuple[str, ...]]]) -> str:
    """Return a script of conditions: each as nft says it, as iptables does, and which of its programs are concerned."""
    nft = [f"add table {_TABLE}"]
    nft += [f"add chain {_TABLE} {hook} {{ type filter hook {hook} priority -300; policy accept; }}" for hook in hooks]
    nft += [f"add rule {_TABLE} {hook} {condition} drop" for hook in hooks for condition, _, _ in conditions]
    lines = ["if command -v nft >/dev/null; then", f"  exec nft '{'; '.join(nft)}'", "fi"]
    for tables in ("iptables", "ip6tables"):
        told = [condition for _, condition, programs in conditions if tables in programs]
        if told:
            lines += [f"if {tables} -w -n -L >/dev/null 2>&1; then", f"  {tables} -w -N {_CHAIN} || exit"]
            lines += [f"  {tables} -w -A {_CHAIN} {condition} -j DROP || exit" for condition in told]
            lines += [f"  {tables} -w -I {hook.upper()} -j {_CHAIN} || exit" for hook in hooks]
            lines += ["fi"]
    return "\n".join(lines)
