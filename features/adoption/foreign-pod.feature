Feature: A set leaves alone a foreign pod that has the name of a replica
  A pod that somebody has made by hand may have the name of a replica to come. It belongs to whoever made it: the set
  neither adopts nor deletes it, and goes no further. No event tells why, so a person has to know it.

  Scenario: A set stops where a foreign pod has the name of its next replica
    Given StatefulSet "nginx-web" with 1 ready replica
    And pod "nginx-web-1" is ready
    When StatefulSet "nginx-web" is scaled to 3
    Then for 5 seconds pods "nginx-web-0" and "nginx-web-1" are the only pods of "nginx-web"
    And for 1 second pod "nginx-web-1" is not replaced
    And within 1 second pod "nginx-web-1" has no controller
