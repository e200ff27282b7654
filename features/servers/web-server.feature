@needs_containers @needs_dynamic_volumes @needs_servers
Feature: A replaced web server serves the same pages under the same name
  The server is nginx. The name of a replica leads to its own pages, whichever pod and whichever version of nginx serves
  them.
  See https://kubernetes.io/docs/tutorials/stateful-application/basic-stateful-set/

  Background:
    Given StatefulSet "nginx" with 2 ready replicas of version "v1"
    And each replica of "nginx" has stored its own entries

  Scenario: A replaced web server serves the pages of the one before
    When pod "nginx-0" is deleted
    Then within 30 seconds pod "nginx-0" is replaced
    And each replica of "nginx" has every entry that it acknowledged
    And at no time since the scenario began did a replica of "nginx" lose its claim

  Scenario: The name of a web server resolves to the pod that replaces it
    When pod "nginx-0" is deleted
    Then within 30 seconds name "nginx-0.nginx-pages" resolves to a new pod "nginx-0"
    And within 30 seconds name "nginx-pages" resolves to exactly the ready pods of "nginx"

  Scenario: A new version of the web server serves the pages of the old one
    When version "v2" of "nginx" is rolled out
    Then within 60 seconds all 2 replicas of "nginx" run version "v2"
    And each replica of "nginx" has every entry that it acknowledged
    And at no time since the scenario began did "nginx" replace a replica out of order
