-- A database per node, and the user they connect as. psql runs this once, when the server's volume is empty.
--
-- The user owns its databases and may do nothing else: a node needs no administrator. (One user for all three, because
-- the nodes of this network are one person's.)

\getenv nodes_password DATABASE_PASSWORD

CREATE ROLE mini_bitcoin LOGIN PASSWORD :'nodes_password';

CREATE DATABASE node1 OWNER mini_bitcoin;
CREATE DATABASE node2 OWNER mini_bitcoin;
CREATE DATABASE node3 OWNER mini_bitcoin;

REVOKE CONNECT, TEMPORARY ON DATABASE node1, node2, node3 FROM PUBLIC;
