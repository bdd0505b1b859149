"""Carbon sinks 碳汇: projects of villages and schools, recorded by year, issued in units once a method has a factor.

The platform imports the modules by name: ``actions`` does, ``queries`` shows, ``rules`` decides.
"""
