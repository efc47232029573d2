# The API: `sls offline` with functions that are built here, once. Only the build needs a network.
FROM node:24.21.0-trixie-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/lambdascope/package.json packages/lambdascope/

# What the emulator needs once the functions are built: package.json's `dependencies`.
FROM base AS dependencies
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM base AS build
# The kit is built as soon as its dependencies are there.
COPY tsconfig.json LICENSE ./
COPY packages packages
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && rm -rf node_modules functions packages/*/src

FROM base
# The root is read-only and the Serverless Framework keeps its settings in the home folder.
ENV NODE_ENV=production HOME=/tmp PREBUILT=1
COPY --from=build /app ./
COPY --from=dependencies /app/node_modules node_modules
USER node
EXPOSE 3000 9464
CMD ["node", "node_modules/serverless/bin/serverless.js", "offline"]
