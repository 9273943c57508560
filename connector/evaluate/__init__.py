"""Measure how good the recommendations are on data of the past, beside simple methods and known libraries."""
