"""Events 零碳会议与大型活动: planned, counted by source, reviewed, offset by exact units, certified.

The platform imports the modules by name: ``planning`` ``participants`` ``inventories`` ``offsetting`` ``certificates``
``parameters`` do, ``queries`` shows, ``rules`` ``factors`` ``offsets`` ``codes`` decide.
"""
