package main

// merged returns the events that lead from the same beginning to the same end with one event for each object: what came
// and went is not told, what was replaced under its name has changed. Each stands where the object's last event stood.
func merged(events []*frame) []*frame {
	type key struct{ namespace, name string }
	first, last := map[key]string{}, map[key]int{}
	for i, each := range events {
		if each.understand() != nil || each.kind == "ERROR" {
			return events
		}
		at := key{each.namespace, each.name}
		if _, known := first[at]; !known {
			first[at] = each.kind
		}
		last[at] = i
	}
	var left []*frame
	for i, each := range events {
		at := key{each.namespace, each.name}
		if last[at] != i {
			continue
		}
		wasThere, isThere := first[at] != "ADDED", each.kind != "DELETED"
		switch {
		case !wasThere && !isThere:
			continue
		case !wasThere && each.kind != "ADDED":
			each.raw = each.format.as(each, "ADDED")
		case wasThere && each.kind == "ADDED":
			each.raw = each.format.as(each, "MODIFIED")
		}
		left = append(left, each)
	}
	return left
}
