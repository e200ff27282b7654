@upstream @since_1_37 @needs_dynamic_volumes
Feature: A claim reports since when it is unused
  Volumes cost money while no pod uses them, and claims outlive their replicas on purpose. A clean-up must be able to
  trust that a claim is unused, and since when.

  Scenario: The claim of a replica that was scaled away says since when it is idle
    Given StatefulSet "web" with 1 ready replica
    When StatefulSet "web" is scaled to 0
    Then within 30 seconds "web" has no pods
    And within 10 seconds claim "www-web-0" says since when nobody uses it
