const Router = require('@koa/router')
require('./koa-table')(require('koa'), require('koa-mount'), Router.Router ?? Router)
