# SPDX-License-Identifier: MIT
# needs: Mojolicious::Lite
# A Mojolicious application that has served requests to itself, stopped in one of its event loop's.
use Mojolicious::Lite -signatures;
use Mojo::IOLoop;
use Test::Mojo;
use Oracle;

app->log->level("fatal");
my %visits;
helper count => sub ($c, $name) { return ++$visits{$name} };
get "/hello/:name" => sub ($c) { $c->count($c->param("name")); $c->render(json => { hello => $c->param("name"), visits => \%visits }) };
get "/page" => sub ($c) { $c->stash(items => [1 .. 10]); $c->render(template => "page") };
websocket "/echo" => sub ($c) { $c->on(message => sub ($c, $message) { $c->send("echo: $message") }) };
get "/stop" => sub ($c) { Oracle::stop(); $c->render(text => "done") };

my $test = Test::Mojo->new;
my $agent = $test->ua;
$agent->get("/hello/n$_")->result->json for 1 .. 10;
$agent->get("/page")->result->dom->find("li")->map("text")->each;
Mojo::IOLoop->recurring(60 => sub ($loop) { 1 });
$agent->get_p("/hello/later")->then(sub ($tx) { 1 });
$agent->get("/stop");

__DATA__

@@ page.html.ep
<ul>
% for my $item (@$items) {
  <li><%= $item %></li>
% }
</ul>
