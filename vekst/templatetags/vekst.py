"""Filters and tags that every template has without a load line."""

from django import template

register = template.Library()
