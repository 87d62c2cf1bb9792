require('./koa-table')(require('koa'), require('koa-mount'), require('koa-router'))
