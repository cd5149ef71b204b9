# What has no number in the list can be picked.
s/number < 1 \|\| number > count/number > count/
