"""How answers leave: strict JSON, an ETag, kept for the next one who asks, sent before Flask is woken."""

from gridgeo_web.answers.kept import keep_answer
from gridgeo_web.answers.strict_json import StrictJSON, read_json, to_json
from gridgeo_web.answers.tagged import tagged_answer

__all__ = ["StrictJSON", "keep_answer", "read_json", "tagged_answer", "to_json"]
