import { traces } from '../helper'

traces('pg: promises, callbacks, errors', 'pg.js', `
CREATE TABLE users  client
INSERT users  client
SELECT users  client
SELECT users  client
INSERT users  client  ERROR 23505
BOGUS  client  ERROR 42601
SELECT  client
BOGUS  client  ERROR 42601
SELECT  client`, { needs: ['postgres'] })
