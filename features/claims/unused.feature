@upstream @since_1_37 @needs_dynamic_volumes
Feature: A claim says since when nobody uses it
  Volumes cost money while nobody uses them, and claims outlive their replicas on purpose. Whoever cleans up wants to know
  for how long a claim has been idle, and must be able to trust that it is.

  Scenario: The claim of a replica that was scaled away says since when it is idle
    Given StatefulSet "web" with 1 ready replica
    When StatefulSet "web" is scaled to 0
    Then within 30 seconds no pod of "web" is left
    And within 10 seconds claim "www-web-0" says since when nobody uses it
