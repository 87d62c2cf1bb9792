'use strict'
// As a team would write it: it knows of no tracer.
const { createServer } = require('node:http')
const express = require('express')
const Redis = require('ioredis')
const { Pool } = require('pg')
const { serve } = require('./meter')

const pool = new Pool({ max: 10 })
const redis = new Redis({ port: Number(process.env.REDIS_PORT), host: process.env.REDIS_HOST, lazyConnect: true })

async function read (id) {
  const { rows } = await pool.query('SELECT id, name FROM items WHERE id = $1', [id])
  return { ...rows[0], stock: await redis.get(`stock:${id}`) }
}

const app = express()
app.get('/plain/:id', (req, res) => res.json({ id: req.params.id }))
app.get('/db/:id', async (req, res) => res.json(await read(req.params.id)))
app.get('/fetch/:id', async (req, res) => {
  const answer = await fetch(`${process.env.BACKEND}/price/${req.params.id}`)
  res.json({ ...await answer.json(), ...await read(req.params.id) })
})
serve(createServer(app))
