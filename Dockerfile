# The API: `sls offline` on functions that are built here, once.
FROM node:24.21.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
# What stays is the list of `dependencies`: what the emulator needs once the functions are built.
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-trixie-slim
WORKDIR /app
# The Serverless Framework writes its settings to the home folder; the root is read-only.
ENV NODE_ENV=production HOME=/tmp PREBUILT=1
COPY --from=build /app/package.json /app/serverless.yml ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/infrastructure infrastructure
COPY --from=build /app/lib lib
COPY --from=build /app/model/artifact.json model/artifact.json
COPY --from=build /app/monitoring monitoring
COPY --from=build /app/tools tools
USER node
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
CMD ["node", "node_modules/serverless/bin/serverless.js", "offline"]
