"""Examples of keys, sessions and share links for the published OpenAPI."""

from __future__ import annotations

ACCOUNT = {
    "object": "account",
    "owner": "school",
    "key_id": "5f1d0c9be2a74436",
    "scopes": ["read", "write"],
    "quotas": {"videos_per_day": 50, "videos_at_once": None, "minutes_per_month": None, "dollars_per_day": 5.0},
    "use": {"videos_today": 3, "videos_now": 1, "minutes_this_month": 41.5, "dollars_today": 0.42},
    "keys_required": True,
}

KEY = {
    "object": "key",
    "id": "5f1d0c9be2a74436",
    "name": "laptop",
    "scopes": ["read", "write"],
    "created_at": "2026-11-21T09:30:00Z",
    "expires_at": None,
    "revoked_at": None,
}
CREATED_KEY = {**KEY, "key": "lk_5f1d0c9be2a74436_<40 letters and digits>"}
KEY_LIST = {"object": "list", "data": [KEY], "has_more": False, "next_cursor": None}

SESSION = {
    "object": "session",
    "owner": "school",
    "scopes": ["read", "write"],
    "expires_at": "2026-11-28T09:30:00Z",
}

SHARE = {
    "object": "share",
    "id": "9c2e4f0a1b3d5e7f",
    "url": "/s/WyI5YzJlNGYwYTFiM2Q1ZTdmIl0.x8Jq",
    "created_at": "2026-11-21T09:30:00Z",
    "expires_at": "2026-11-28T09:30:00Z",
}
SHARE_LIST = {"object": "list", "data": [SHARE], "has_more": False, "next_cursor": None}
SHARED_VIDEO = {
    "object": "shared_video",
    "title": "How photosynthesis works",
    "language": "en",
    "aspect": "16:9",
    "seconds": 93.4,
    "completed_at": "2026-11-21T09:30:00Z",
    "expires_at": "2026-11-28T09:30:00Z",
    "outputs": [
        {
            "kind": "video",
            "url": "/v1/shared/WyI5YzJlNGYwYTFiM2Q1ZTdmIl0.x8Jq/content?variant=video",
            "media_type": "video/mp4",
            "bytes": 4821334,
        }
    ],
}
