"""A gateway tells how it is doing on a port of its own, and what it refused; brains give way to
it."""

from __future__ import annotations

import os
from pathlib import Path

import requests

from tests.support.network import free_port
from tests.support.service import Service


def test_a_gateway_counts_what_it_took_and_refused(tmp_path: Path) -> None:
    port = free_port()
    settings = {
        "PTI_STATUS_PORT": str(port),
        "PTI_TELEGRAM_TOKEN": "123456789:" + "a" * 35,
        "PTI_TELEGRAM_WEBHOOK_SECRET": "the-secret-of-the-webhook",
        "PTI_TELEGRAM_API_URL": "http://127.0.0.1:1",
        "PTI_LOG_FORMAT": "json",
    }
    service = Service(f"sqlite:///{tmp_path / 'pti.db'}", tmp_path, tmp_path, **settings)
    try:
        service.start("gateway")
        service.wait_until_ready(brains=False)
        url = f"http://127.0.0.1:{port}"
        refused = requests.post(f"{service.url}/webhooks/telegram", json={}, timeout=10)
        assert refused.status_code == 403
        requests.post(f"{service.url}/webhooks/nowhere", json={}, timeout=10)
        metrics = requests.get(f"{url}/metrics", timeout=10).text
        assert 'pti_process{model="",process="gateway"} 1.0' in metrics
        counted = 'pti_webhooks_refused_total{path="/webhooks/telegram",status="403"} 1.0'
        assert counted in metrics
        assert "nowhere" not in metrics
        assert requests.get(f"{url}/health", timeout=10).json() == {"status": "ok"}
        assert requests.get(f"{url}/ready", timeout=10).json() == {"database": True}
        # What is told inside is not told on the port that the internet reaches.
        assert requests.get(f"{service.url}/metrics", timeout=10).status_code == 404
    finally:
        service.stop()


def test_brains_give_way_to_gateways(service: Service) -> None:
    gateway, brain = service.pids()[:2]
    assert os.getpriority(os.PRIO_PROCESS, gateway) < os.getpriority(os.PRIO_PROCESS, brain)
