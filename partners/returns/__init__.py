"""Yearly returns of many organisations: read by their headers, kept by code and year, compared with the year before."""
