'use strict'
const { createServer } = require('node:http')
const Koa = require('koa')
const Router = require('@koa/router')
const { serve } = require('./meter')

const app = new Koa()
const router = new Router()
router.get('/plain/:id', ctx => { ctx.body = { id: ctx.params.id } })
app.use(router.routes())
serve(createServer(app.callback()))
