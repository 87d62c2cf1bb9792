// As a bundler writes it.
import{get as g}from"node:http";var a=u=>new Promise(r=>g(u,{agent:!1},s=>s.resume().on("close",()=>r(s.statusCode))));async function h(e){return{status:await a(e.url)}}export{h as handler};
