'use strict'
// The application that is measured, as a team would write it: it knows of no tracer.
const express = require('express')
const Redis = require('ioredis')
const { Pool } = require('pg')

const pool = new Pool({ max: 10 })
const redis = new Redis(Number(process.env.REDIS_PORT), process.env.REDIS_HOST)

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

const server = app.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
process.on('message', () => process.send({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit())
